#ifndef DUROXIDE_CONFORMANCE_STRESS_ASK_H_
#define DUROXIDE_CONFORMANCE_STRESS_ASK_H_

// Calls of checks and workloads, whose callers do not wait.

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "conformance/stress/stage.h"
#include "providers/errors.h"
#include "providers/provider.h"

namespace duroxide::stress {

template <typename Request, typename Response>
using Method = void (Provider::*)(const CallContext&, const Request*, Response*,
                                  Provider::Done);

// One call that goes on until it has an answer: after an error that is
// retryable it is sent again, `tries` times in all.
template <typename Request, typename Response, typename Then>
class AskedCall {
 public:
  AskedCall(Stage& stage, Method<Request, Response> method, Request request,
            int tries, CallContext context, Then then)
      : stage_(stage),
        method_(method),
        request_(std::move(request)),
        tries_(tries),
        context_(std::move(context)),
        then_(std::move(then)) {}

  static void Send(std::unique_ptr<AskedCall> self) {
    AskedCall& call = *self;
    CallContext context = call.context_;
    context.deadline = absl::Now() + kMostTime;
    (call.stage_.provider().*call.method_)(
        context, &call.request_, &call.response_,
        [self = std::move(self)](absl::Status status) mutable {
          Answered(std::move(self), std::move(status));
        });
  }

 private:
  static constexpr absl::Duration kMostTime = absl::Minutes(1);
  static constexpr absl::Duration kPause = absl::Milliseconds(50);

  static void Answered(std::unique_ptr<AskedCall> self, absl::Status status) {
    AskedCall& call = *self;
    if (!status.ok() && IsRetryable(status) && ++call.failed_ < call.tries_ &&
        !call.stage_.stop().stop_requested()) {
      call.stage_.After(
          kPause * call.failed_,
          [self = std::move(self)]() mutable { Send(std::move(self)); });
      return;
    }
    call.then_(std::move(status), call.response_);
  }

  Stage& stage_;
  const Method<Request, Response> method_;
  Request request_;
  const int tries_;
  const CallContext context_;
  Response response_;
  Then then_;
  int failed_ = 0;
};

// Sends `request` to the stage's store. `then(absl::Status, Response&)` runs
// once, on a thread of the provider's or of the stage's, and must not block.
// The stage outlives the call.
template <typename Request, typename Response, typename Then>
void Send(Stage& stage, Method<Request, Response> method, Request request,
          Then then, CallContext context = {}, int tries = 1) {
  using Call = AskedCall<Request, Response, Then>;
  request.set_store(stage.store());
  Call::Send(std::make_unique<Call>(stage, method, std::move(request), tries,
                                    std::move(context), std::move(then)));
}

// The same for a request that changes nothing: it is sent again where that may
// help.
template <typename Request, typename Response, typename Then>
void Ask(Stage& stage, Method<Request, Response> method, Request request,
         Then then) {
  constexpr int kTries = 6;
  Send(stage, method, std::move(request), std::move(then), {}, kTries);
}

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_ASK_H_
