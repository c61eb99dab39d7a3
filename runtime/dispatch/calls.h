#ifndef DUROXIDE_RUNTIME_DISPATCH_CALLS_H_
#define DUROXIDE_RUNTIME_DISPATCH_CALLS_H_

// Calls of the provider that nobody waits for: the answer comes to a callback.

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "providers/errors.h"
#include "providers/provider.h"
#include "runtime/dispatch/environment.h"

namespace duroxide::runtime {

template <typename Request, typename Response>
using ProviderMethod = void (Provider::*)(const CallContext&, const Request*,
                                          Response*, Provider::Done);

// Sends the request once. `on_answer(absl::Status, Response&)` runs once, on a
// thread of the provider's or before this returns; it must not block.
template <typename Request, typename Response, typename OnAnswer>
void Send(Environment& environment, ProviderMethod<Request, Response> method,
          Request request, CallContext context, OnAnswer on_answer) {
  struct Exchange {
    Environment& environment;
    Request request;
    Response response;
    OnAnswer on_answer;
  };
  auto exchange = std::make_unique<Exchange>(Exchange{
      environment, std::move(request), Response(), std::move(on_answer)});
  const Request* const sent = &exchange->request;
  Response* const response = &exchange->response;
  environment.calls.Enter();
  context.abandon = environment.give_up.get_token();
  ((*environment.provider).*method)(
      context, sent, response,
      [exchange = std::move(exchange)](absl::Status status) mutable {
        Environment& shared = exchange->environment;
        exchange->on_answer(std::move(status), exchange->response);
        exchange.reset();
        shared.calls.Leave();
      });
}

// A request that is sent until it has an answer that counts. Owns itself.
template <typename Request, typename Response, typename MayRepeat,
          typename OnAnswer>
class RepeatedCall {
 public:
  RepeatedCall(Environment& environment,
               ProviderMethod<Request, Response> method, Request request,
               MayRepeat may_repeat, OnAnswer on_answer)
      : environment_(environment),
        method_(method),
        request_(std::move(request)),
        may_repeat_(std::move(may_repeat)),
        on_answer_(std::move(on_answer)) {
    environment_.calls.Enter();
  }

  static void Send(std::unique_ptr<RepeatedCall> self) {
    RepeatedCall& call = *self;
    CallContext context;
    context.abandon = call.environment_.give_up.get_token();
    ((*call.environment_.provider).*call.method_)(
        context, &call.request_, &call.response_,
        [self = std::move(self)](absl::Status status) mutable {
          Answered(std::move(self), std::move(status));
        });
  }

 private:
  static constexpr absl::Duration kFirstPause = absl::Milliseconds(10);
  static constexpr absl::Duration kLongestPause = absl::Seconds(1);

  static void Answered(std::unique_ptr<RepeatedCall> self,
                       absl::Status status) {
    Environment& environment = self->environment_;
    if (!status.ok() && IsRetryable(status) &&
        !environment.give_up.stop_requested() && self->may_repeat_()) {
      const absl::Duration pause = self->pause_;
      self->pause_ = std::min(pause * 2, kLongestPause);
      environment.timers.After(
          pause, [self = std::move(self)]() mutable { Send(std::move(self)); });
      return;
    }
    self->on_answer_(std::move(status), self->request_);
    self.reset();
    environment.calls.Leave();
  }

  Environment& environment_;
  const ProviderMethod<Request, Response> method_;
  Request request_;
  Response response_;
  MayRepeat may_repeat_;
  OnAnswer on_answer_;
  absl::Duration pause_ = kFirstPause;
};

// Sends a request that changes something. It gets a request id, and the very
// same request is sent again after each retryable error as long as
// `may_repeat()` (WIRE-7). `on_answer(absl::Status, Request&)` is as in Send;
// it may take the request away.
template <typename Request, typename Response, typename MayRepeat,
          typename OnAnswer>
void SendUntilAnswered(Environment& environment,
                       ProviderMethod<Request, Response> method,
                       Request request, MayRepeat may_repeat,
                       OnAnswer on_answer) {
  using Call = RepeatedCall<Request, Response, MayRepeat, OnAnswer>;
  request.set_store(environment.store);
  request.set_request_id(environment.ids.Next());
  Call::Send(std::make_unique<Call>(environment, method, std::move(request),
                                    std::move(may_repeat),
                                    std::move(on_answer)));
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_CALLS_H_
