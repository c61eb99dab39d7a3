#include "runtime/dispatch/observed_provider.h"

#include <string_view>
#include <utility>

#include "providers/provider_methods.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::runtime {
namespace {

class ObservedProvider final : public Provider {
 public:
  ObservedProvider(std::shared_ptr<Provider> provider,
                   std::shared_ptr<RuntimeObserver> observer)
      : provider_(std::move(provider)), observer_(std::move(observer)) {}

#define DUROXIDE_OBSERVED(package, method)                \
  DUROXIDE_OVERRIDE(package, method) {                    \
    provider_->method(context, request, response,         \
                      Watched(#method, std::move(done))); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_OBSERVED)
#undef DUROXIDE_OBSERVED

 private:
  Done Watched(std::string_view method, Done done) const {
    return [observer = observer_.get(), method,
            begun = TimerQueue::Clock::now(),
            done = std::move(done)](absl::Status status) mutable {
      observer->OnProviderCall(
          method, status, absl::FromChrono(TimerQueue::Clock::now() - begun));
      done(std::move(status));
    };
  }

  const std::shared_ptr<Provider> provider_;
  const std::shared_ptr<RuntimeObserver> observer_;
};

}  // namespace

std::shared_ptr<Provider> Observed(std::shared_ptr<Provider> provider,
                                   std::shared_ptr<RuntimeObserver> observer) {
  return std::make_shared<ObservedProvider>(std::move(provider),
                                            std::move(observer));
}

}  // namespace duroxide::runtime
