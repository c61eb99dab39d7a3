#ifndef DUROXIDE_PROVIDERS_REMOTE_REMOTE_CALL_H_
#define DUROXIDE_PROVIDERS_REMOTE_REMOTE_CALL_H_

// One call of a RemoteProvider, from its request to its last answer.

#include <grpcpp/alarm.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "providers/errors.h"
#include "providers/give_back.h"
#include "providers/provider.h"
#include "providers/remote/backoff.h"
#include "providers/remote/remote_provider.h"
#include "providers/remote/request_id.h"

namespace duroxide::remote {

// Whether a call may be sent again when its outcome is not known.
enum class Idempotency {
  kRead,         // always: it changes nothing
  kByRequestId,  // where the request has an id (WIRE-7)
  kNever,
};

// What the calls of one RemoteProvider share. It outlives them.
struct Environment {
  // Takes back what arrives and cannot be delivered.
  Provider& provider;
  const RemoteOptions& options;
  // Calls whose `done` has yet to run.
  std::atomic<int> calls_under_way = 0;
};

// A request that waits for work, and whose answer holds locks.
template <typename Request>
concept FetchRequest = requires(const Request& request) {
  request.poll_timeout();
  request.lock_timeout();
};

template <typename Request>
concept RepeatableRequest =
    requires(const Request& request) { request.has_request_id(); };

// Lives from Start until its `done` runs, owned by nobody: at each moment just
// one thing is under way that will go on with it, a send or a backoff.
template <typename Stub, typename Request, typename Response>
class RemoteCall {
 public:
  // Sends the request once; the answer comes through the function.
  using Method = void (Stub::*)(grpc::ClientContext*, const Request*, Response*,
                                std::function<void(grpc::Status)>);

  static void Start(Stub* stub, Method method, Idempotency idempotency,
                    Environment& environment, const CallContext& context,
                    const Request* request, Response* response,
                    Provider::Done done) {
    (new RemoteCall(stub, method, environment, context, request, response,
                    std::move(done)))
        ->Begin(idempotency);
  }

 private:
  RemoteCall(Stub* stub, Method method, Environment& environment,
             const CallContext& context, const Request* request,
             Response* response, Provider::Done done)
      : stub_(stub),
        method_(method),
        environment_(environment),
        options_(environment.options),
        caller_(context),
        request_(request),
        response_(response),
        done_(std::move(done)) {
    ++environment_.calls_under_way;
  }

  ~RemoteCall() { --environment_.calls_under_way; }

  void Begin(Idempotency idempotency) {
    AddRequestId(idempotency);
    may_repeat_ = MayRepeat(idempotency);
    if (const size_t size = request_->ByteSizeLong();
        size > options_.max_message_bytes) {
      return Finish(TooLarge("request", size));
    }
    if (FetchRequest<Request> && caller_.stop.stop_requested()) {
      return Finish(absl::OkStatus());
    }
    Send();
  }

  void AddRequestId(Idempotency idempotency) {
    if constexpr (RepeatableRequest<Request>) {
      if (idempotency != Idempotency::kByRequestId ||
          !options_.add_request_ids || request_->has_request_id()) {
        return;
      }
      own_request_ = *request_;
      own_request_->set_request_id(MakeRequestId(absl::Now()));
      request_ = &*own_request_;
    }
  }

  bool MayRepeat(Idempotency idempotency) const {
    if constexpr (RepeatableRequest<Request>) {
      if (idempotency == Idempotency::kByRequestId) {
        return request_->has_request_id();
      }
    }
    return idempotency == Idempotency::kRead;
  }

  void Send() {
    ++attempt_;
    context_.emplace();
    const absl::Time deadline = Deadline();
    if (deadline < absl::InfiniteFuture()) {
      context_->set_deadline(absl::ToChronoTime(deadline));
    }
    // Only fetches look at `stop`: what another call changes is decided by its
    // outcome, not by its caller's patience (CallContext).
    if constexpr (FetchRequest<Request>) {
      on_stop_.emplace(caller_.stop, Cancel{&*context_});
    }
    on_abandon_.emplace(caller_.abandon, Cancel{&*context_});
    (stub_->*method_)(&*context_, request_, response_,
                      [this](const grpc::Status& status) { OnAnswer(status); });
  }

  absl::Time Deadline() const {
    absl::Duration time = options_.call_timeout;
    if constexpr (FetchRequest<Request>) {
      // A negative one is the provider's to refuse.
      time += std::max(absl::ZeroDuration(),
                       absl::Seconds(request_->poll_timeout().seconds()) +
                           absl::Nanoseconds(request_->poll_timeout().nanos()));
    }
    return std::min(absl::Now() + time, caller_.deadline);
  }

  void OnAnswer(const grpc::Status& wire) {
    on_stop_.reset();
    on_abandon_.reset();
    absl::Status status = FromWire(wire);
    if (status.ok()) return OnResponse();
    if (FetchRequest<Request> && caller_.stop.stop_requested() &&
        status.code() == absl::StatusCode::kCancelled) {
      return Finish(absl::OkStatus());
    }
    const absl::Duration backoff = BackoffAfter(attempt_, options_.retry);
    if (!may_repeat_ || !IsRetryable(status) ||
        caller_.abandon.stop_requested() ||
        attempt_ >= options_.retry.max_attempts ||
        absl::Now() + backoff >= caller_.deadline) {
      return Finish(std::move(status));
    }
    alarm_.emplace();
    alarm_->Set(absl::ToChronoTime(absl::Now() + backoff),
                [this](bool /*expired*/) { Send(); });
  }

  void OnResponse() {
    const size_t size = response_->ByteSizeLong();
    if (size <= options_.max_message_bytes) return Finish(absl::OkStatus());
    const absl::Status too_large = TooLarge("reply", size);
    if constexpr (FetchRequest<Request>) {
      // A fetch that fails holds no lock (WIRE-4).
      const Response refused = std::exchange(*response_, Response());
      return GiveBack(environment_.provider, request_->store(), refused,
                      [this, too_large] { Finish(too_large); });
    }
    response_->Clear();
    Finish(too_large);
  }

  absl::Status TooLarge(const char* what, size_t size) const {
    return MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                     absl::StrCat("the ", what, " has ", size,
                                  " bytes; this client's limit is ",
                                  options_.max_message_bytes));
  }

  void Finish(absl::Status status) {
    Provider::Done done = std::move(done_);
    delete this;  // `done` may be what the end of everything waits for
    std::move(done)(std::move(status));
  }

  struct Cancel {
    grpc::ClientContext* context;
    void operator()() const { context->TryCancel(); }
  };

  Stub* const stub_;
  const Method method_;
  Environment& environment_;
  const RemoteOptions& options_;
  const CallContext caller_;
  const Request* request_;
  Response* const response_;
  Provider::Done done_;
  std::optional<Request> own_request_;  // with the id that was added
  bool may_repeat_ = false;
  int attempt_ = 0;
  std::optional<grpc::ClientContext> context_;
  std::optional<std::stop_callback<Cancel>> on_stop_;
  std::optional<std::stop_callback<Cancel>> on_abandon_;
  std::optional<grpc::Alarm> alarm_;
};

}  // namespace duroxide::remote

#endif  // DUROXIDE_PROVIDERS_REMOTE_REMOTE_CALL_H_
