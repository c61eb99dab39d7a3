#ifndef DUROXIDE_TESTS_CONFORMANCE_INSTEAD_H_
#define DUROXIDE_TESTS_CONFORMANCE_INSTEAD_H_

// Faults that answer a call themselves, with the help of a provider that works.

#include <map>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"

namespace duroxide::conformance {

// Calls `method` of the provider that works.
template <typename Request, typename Response>
absl::StatusOr<Response> Ask(Provider& working,
                             void (Provider::*method)(const CallContext&,
                                                      const Request*, Response*,
                                                      Provider::Done),
                             const std::type_identity_t<Request>& request) {
  return Await(working, method, request);
}

// Whatever is asked by a `Request`, `answer` gives the reply: a function of the
// provider that works and of the request that returns absl::StatusOr<Response>.
template <typename Request, typename Response, typename Answer>
FaultHooks Instead(Answer answer) {
  struct State {
    std::mutex mutex;
    // By the address of the request that is under way.
    std::map<const FaultHooks::Message*, absl::StatusOr<Response>> answers;
  };
  auto state = std::make_shared<State>();
  return {.before =
              [state, answer](Provider& working, FaultHooks::Message& message) {
                On<Request>(message, [&](Request& request) {
                  absl::StatusOr<Response> given = answer(working, request);
                  // So that the provider that works does nothing but refuse it.
                  request.set_store("no such store");
                  std::lock_guard lock(state->mutex);
                  state->answers.emplace(&message, std::move(given));
                });
              },
          .after =
              [state](const FaultHooks::Message& message,
                      FaultHooks::Message& response, absl::Status& status) {
                if (dynamic_cast<const Request*>(&message) == nullptr) return;
                const auto given = [&] {
                  std::lock_guard lock(state->mutex);
                  return std::move(state->answers.extract(&message).mapped());
                }();
                status = given.status();
                On<Response>(response, [&](Response& reply) {
                  reply = given.ok() ? *given : Response();
                });
              }};
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_INSTEAD_H_
