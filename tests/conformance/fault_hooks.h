#ifndef DUROXIDE_TESTS_CONFORMANCE_FAULT_HOOKS_H_
#define DUROXIDE_TESTS_CONFORMANCE_FAULT_HOOKS_H_

// Steps that the hooks of faults are made of.

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "providers/errors.h"
#include "providers/provider.h"
#include "tests/conformance/faulty_provider.h"

namespace duroxide::conformance {

// A hook does this where the message is of type T.
template <typename T, typename Do>
void On(FaultHooks::Message& message, Do act) {
  if (auto* typed = dynamic_cast<T*>(&message)) act(*typed);
}

// A hook does this with each item that a fetch gave. `Response` is the reply of
// one of the two fetches.
template <typename Response, typename Do>
FaultHooks OnEachItem(Do act) {
  return {.after = [act](const FaultHooks::Message&,
                         FaultHooks::Message& response, absl::Status&) {
    On<Response>(response, [&](Response& fetched) {
      for (auto& item : *fetched.mutable_items()) act(item);
    });
  }};
}

// Does not declare a capability, and has it all the same.
inline FaultHooks Hiding(v1::Capability capability) {
  return {.after = [capability](const FaultHooks::Message&,
                                FaultHooks::Message& response, absl::Status&) {
    On<v1::GetProviderInfoResponse>(response, [&](auto& info) {
      auto& declared = *info.mutable_capabilities();
      declared.erase(std::remove(declared.begin(), declared.end(), capability),
                     declared.end());
    });
  }};
}

// Calls `method` of the provider that works, and does not wait for the answer:
// for hooks of calls that are made where another call ends.
template <typename Request, typename Response>
void Send(Provider& working,
          void (Provider::*method)(const CallContext&, const Request*,
                                   Response*, Provider::Done),
          Request request) {
  struct Call {
    Request request;
    Response response;
  };
  auto call = std::make_shared<Call>();
  call->request = std::move(request);
  (working.*method)({}, &call->request, &call->response,
                    [call](const absl::Status&) {});
}

// Says OK where the call failed for `reason`.
inline void Hide(v1::ErrorReason reason, absl::Status& status) {
  if (ReasonOf(status) == reason) status = absl::OkStatus();
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FAULT_HOOKS_H_
