#include "conformance/round_robin.h"

#include <atomic>
#include <cstddef>
#include <utility>

#include "providers/provider_methods.h"

namespace duroxide::conformance {
namespace {

class RoundRobinProvider final : public Provider {
 public:
  explicit RoundRobinProvider(std::vector<std::shared_ptr<Provider>> replicas)
      : replicas_(std::move(replicas)) {}

#define DUROXIDE_NEXT(package, method)                          \
  DUROXIDE_OVERRIDE(package, method) {                          \
    Next().method(context, request, response, std::move(done)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_NEXT)
#undef DUROXIDE_NEXT

 private:
  Provider& Next() { return *replicas_[next_++ % replicas_.size()]; }

  const std::vector<std::shared_ptr<Provider>> replicas_;
  std::atomic<size_t> next_ = 0;
};

}  // namespace

std::shared_ptr<Provider> RoundRobin(
    std::vector<std::shared_ptr<Provider>> replicas) {
  if (replicas.size() == 1) return std::move(replicas.front());
  return std::make_shared<RoundRobinProvider>(std::move(replicas));
}

}  // namespace duroxide::conformance
