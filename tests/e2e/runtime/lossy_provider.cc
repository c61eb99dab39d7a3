#include "tests/e2e/runtime/lossy_provider.h"

#include <mutex>
#include <random>
#include <type_traits>
#include <utility>

#include "providers/errors.h"
#include "providers/provider_methods.h"

namespace duroxide::e2e {
namespace {

// One of so many replies is lost.
constexpr uint64_t kOneOf = 10;

class Lossy final : public Provider {
 public:
  Lossy(std::shared_ptr<Provider> next, uint64_t seed)
      : next_(std::move(next)), engine_(seed) {}

#define DUROXIDE_LOSE(package, method)                                        \
  DUROXIDE_OVERRIDE(package, method) {                                        \
    using Request = package::method##Request;                                 \
    constexpr bool kMayBeLost =                                               \
        !std::is_same_v<Request, v1::FetchOrchestrationItemsRequest> &&       \
        !std::is_same_v<Request, v1::FetchWorkItemsRequest> &&                \
        !std::is_same_v<Request, v1::GetProviderInfoRequest>;                 \
    const bool lose = Loses(kMayBeLost);                                      \
    next_->method(                                                            \
        context, request, response,                                           \
        [lose, done = std::move(done)](absl::Status status) mutable {         \
          if (lose && status.ok()) {                                          \
            status =                                                          \
                MakeError(v1::ERROR_REASON_STORE_BUSY, "the reply was lost"); \
          }                                                                   \
          std::move(done)(std::move(status));                                 \
        });                                                                   \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_LOSE)
#undef DUROXIDE_LOSE

 private:
  bool Loses(bool may_be_lost) {
    const std::lock_guard lock(mutex_);
    return may_be_lost && engine_() % kOneOf == 0;
  }

  const std::shared_ptr<Provider> next_;
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

}  // namespace

std::shared_ptr<Provider> LossyProvider(std::shared_ptr<Provider> next,
                                        uint64_t seed) {
  return std::make_shared<Lossy>(std::move(next), seed);
}

}  // namespace duroxide::e2e
