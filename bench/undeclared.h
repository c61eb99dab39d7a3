#ifndef DUROXIDE_BENCH_UNDECLARED_H_
#define DUROXIDE_BENCH_UNDECLARED_H_

#include <algorithm>
#include <memory>
#include <utility>

#include "providers/provider.h"
#include "providers/provider_methods.h"

namespace duroxide::bench {

// A provider that does not say that it has a capability, so that nobody uses
// it: to measure what it gains.
class Undeclared final : public Provider {
 public:
  Undeclared(std::shared_ptr<Provider> provider, v1::Capability capability)
      : provider_(std::move(provider)), capability_(capability) {}

#define DUROXIDE_UNDECLARED(package, method)                                  \
  DUROXIDE_OVERRIDE(package, method) {                                        \
    provider_->method(context, request, response,                             \
                      [this, response,                                        \
                       done = std::move(done)](absl::Status status) mutable { \
                        Hide(*response);                                      \
                        std::move(done)(std::move(status));                   \
                      });                                                     \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_UNDECLARED)
#undef DUROXIDE_UNDECLARED

 private:
  template <typename Response>
  void Hide(Response&) {}
  void Hide(v1::GetProviderInfoResponse& info) {
    auto& declared = *info.mutable_capabilities();
    declared.erase(std::remove(declared.begin(), declared.end(), capability_),
                   declared.end());
  }

  const std::shared_ptr<Provider> provider_;
  const v1::Capability capability_;
};

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_UNDECLARED_H_
