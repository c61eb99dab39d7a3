#ifndef DUROXIDE_CONFORMANCE_SESSION_H_
#define DUROXIDE_CONFORMANCE_SESSION_H_

// One run of a case against the provider: its store, its calls, their record.

#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/either_stop.h"
#include "conformance/interval.h"
#include "conformance/link.h"
#include "conformance/patience.h"
#include "conformance/room.h"
#include "conformance/stop_moment.h"
#include "conformance/text.h"
#include "conformance/transcript.h"
#include "conformance/waits.h"
#include "providers/await.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A method of the contract.
template <typename Request, typename Response>
using ProviderMethod = void (Provider::*)(const CallContext&, const Request*,
                                          Response*, Provider::Done);

// What came back from a call, and when.
template <typename Response>
struct Answer {
  absl::StatusOr<Response> response;
  Moment sent;
  Moment received;

  // A lock or a delay of `length` that this call began.
  Interval For(absl::Duration length) const { return {sent, received, length}; }
};

// How long a caller waits for its answer.
struct CallLimits {
  // Longer than any provider that works takes over a call that does not wait
  // for work; so a provider that hangs fails the case and not the run.
  static constexpr absl::Duration kPatience = absl::Seconds(30);

  // The deadline of the call, counted from its send.
  absl::Duration timeout = kPatience;
  // Stops where the caller does not want to wait any longer. Only fetches look
  // at it.
  std::stop_token cancel = {};
};

// Hears of every call, from many threads at once.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // A call of the case `case_id` has ended.
  virtual void OnCall(const std::string& case_id, const CallRecord& call) = 0;
};

// How a case is run.
struct SessionOptions {
  v1::GetProviderInfoResponse info = {};
  absl::Duration lock_timeout = absl::Seconds(1);
  // The longest that an answer may take which the contract wants at once.
  absl::Duration at_once = AtOnceFor(absl::ZeroDuration());
  ProviderClock clock = {};
  // Where the choices begin that cases leave to chance: the same seed makes the
  // same ones.
  uint64_t seed = 1;
  // Outlives the session; may be null.
  CallObserver* calls = nullptr;
  // Ends the case: waiting fetches return, further calls are not made.
  std::stop_token stop = {};
  // Gives up the calls that are under way.
  std::stop_token abandon = {};
};

// Thread-safe.
class CaseSession {
 public:
  // `room` and `waits` outlive the session.
  CaseSession(std::string case_id, Room& room, Waits& waits,
              SessionOptions options);
  CaseSession(const CaseSession&) = delete;
  CaseSession& operator=(const CaseSession&) = delete;
  // Drops the stores that were added.
  ~CaseSession();

  // Makes a call, in the room's store unless the request names another one, and
  // records it. Blocks until the answer is there. A provider may say that its
  // store is busy and has then done nothing, so the call is sent again for a
  // while; every send is recorded.
  template <typename Request, typename Response>
  Answer<Response> Call(ProviderMethod<Request, Response> method,
                        Request request, const CallLimits& limits = {}) {
    FillStore(request);
    return CallAsIs(method, request, limits);
  }

  // The same, with the request as it is: an empty store is the default one.
  template <typename Request, typename Response>
  Answer<Response> CallAsIs(ProviderMethod<Request, Response> method,
                            const Request& request,
                            const CallLimits& limits = {}) {
    Patience patience(options_.stop, kBusyLimit);
    const EitherStop stop(options_.stop, limits.cancel);
    const StopMoment cancelled(limits.cancel);
    const auto under_way =
        waits_.Begin(Concat("the answer to ", MethodOf(request)));
    while (true) {
      const CallContext context = NextCall(limits.timeout, stop.token());
      const std::shared_ptr<Provider> provider = room_.provider();
      const Moment sent = Now();
      absl::StatusOr<Response> response =
          Await(*provider, method, request, context);
      const Moment received = Now();
      Record({.sent = sent,
              .received = received,
              .status = response.status(),
              .timeout = limits.timeout,
              .cancelled = cancelled.at()},
             request, response.ok() ? &*response : nullptr);
      if (!IsBusy(response.status()) || !patience.Pause()) {
        return {std::move(response), sent, received};
      }
    }
  }

  // Leaves a store that the case made to be dropped at the end.
  void AddStore(std::string store);

  // Restarts the provider; see Room.
  absl::Status RestartProvider();

  // The case waits for `what`, as long as the entry lives.
  [[nodiscard]] Waits::Entry BeginWait(std::string what) {
    return waits_.Begin(std::move(what));
  }

  const std::string& store() const { return room_.store(); }
  const v1::GetProviderInfoResponse& info() const { return options_.info; }
  absl::Duration lock_timeout() const { return options_.lock_timeout; }
  absl::Duration at_once() const { return options_.at_once; }
  const ProviderClock& clock() const { return options_.clock; }
  uint64_t seed() const { return options_.seed; }
  const std::stop_token& stop() const { return options_.stop; }
  const Transcript& transcript() const { return transcript_; }

 private:
  static constexpr absl::Duration kBusyLimit = absl::Seconds(10);

  // Methods and their requests have one name by the contract's own rule.
  static std::string MethodOf(const google::protobuf::Message& request);

  // Names the room's store in a request that names none.
  void FillStore(google::protobuf::Message& request) const;

  // Throws where the run is interrupted.
  CallContext NextCall(absl::Duration timeout, std::stop_token stop) const;

  // Adds to `call` what was sent and came back; `response` is null where the
  // call failed.
  void Record(CallRecord call, const google::protobuf::Message& request,
              const google::protobuf::Message* response);

  // The provider answered STORE_BUSY.
  static bool IsBusy(const absl::Status& status);

  const std::string case_id_;
  Room& room_;
  Waits& waits_;
  const SessionOptions options_;
  std::mutex mutex_;
  std::vector<std::string> added_stores_;
  Transcript transcript_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_SESSION_H_
