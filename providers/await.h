#ifndef DUROXIDE_PROVIDERS_AWAIT_H_
#define DUROXIDE_PROVIDERS_AWAIT_H_

// Blocking calls on a Provider, for tests, tools and threads that may wait.

#include <future>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "providers/provider.h"

namespace duroxide {

// Makes the call and blocks until its answer is there.
//
//   Await(provider, &Provider::ReadHistory, request)
//
// Must not run on a thread on which the provider runs `done`.
template <typename Request, typename Response>
absl::StatusOr<Response> Await(
    Provider& provider,
    void (Provider::*method)(const CallContext&, const Request*, Response*,
                             Provider::Done),
    const Request& request, const CallContext& context = {}) {
  Response response;
  // Shared, because the callback may still be leaving `set_value` when this
  // thread has its answer and goes on.
  auto promise = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> status = promise->get_future();
  (provider.*method)(context, &request, &response,
                     [promise](absl::Status result) {
                       promise->set_value(std::move(result));
                     });
  if (absl::Status result = status.get(); !result.ok()) return result;
  return response;
}

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_AWAIT_H_
