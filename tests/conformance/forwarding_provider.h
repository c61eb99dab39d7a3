#ifndef DUROXIDE_TESTS_CONFORMANCE_FORWARDING_PROVIDER_H_
#define DUROXIDE_TESTS_CONFORMANCE_FORWARDING_PROVIDER_H_

#include <utility>

#include "providers/provider.h"
#include "tests/conformance/provider_methods.h"

namespace duroxide::conformance {

// Hands every call on to another provider, which outlives it.
class ForwardingProvider : public Provider {
 public:
  explicit ForwardingProvider(Provider& inner) : inner_(inner) {}

#define DUROXIDE_FORWARD(package, method)                       \
  DUROXIDE_OVERRIDE(package, method) {                          \
    inner_.method(context, request, response, std::move(done)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_FORWARD)
#undef DUROXIDE_FORWARD

 protected:
  Provider& inner() { return inner_; }

 private:
  Provider& inner_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FORWARDING_PROVIDER_H_
