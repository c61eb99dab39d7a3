#ifndef DUROXIDE_CONFORMANCE_FIXTURE_H_
#define DUROXIDE_CONFORMANCE_FIXTURE_H_

// `t`: all that the body of a case works with.
//
// Names. A method with a plain name must succeed and fails the case where it
// does not: `t.Ack(...)`. One that begins with Try returns what came back, for
// the case to look at: `t.TryAck(...)`.
//
// Times. A case never sleeps. It gives its times as parts and multiples of
// `t.lock_timeout()`, so that they stretch where the case is run again because
// the runner was too slow. While a lock or delay lasts, it checks with
// ExpectDuring; it waits for the end with WaitUntilOver; and for what must
// happen then it waits with a ...Within method or with Eventually.
//
// Doubt. A check that fails although a lock of the case may have run out
// meanwhile proves nothing about the provider; the runner then runs the case
// again. So a lock whose end the case wants to see is waited for with
// WaitUntilOver, which tells the runner that its end is intended.
//
// Threads. All methods may be called from the threads of Concurrently.

#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "conformance/interval.h"
#include "conformance/judge.h"
#include "conformance/leases.h"
#include "conformance/locked.h"
#include "conformance/patience.h"
#include "conformance/session.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// How long a fetch waits for something to come, and its caller for the fetch. A
// caller that gives up has got nothing, which is a result like any other.
struct WaitOptions {
  // How long the provider may wait; without LONG_POLLING it does not.
  absl::Duration poll_timeout = absl::ZeroDuration();
  // When the caller is gone: the deadline of the call, counted from its send.
  absl::Duration deadline = absl::InfiniteDuration();
  // Stops when the caller does not want to wait any longer.
  std::stop_token cancel = {};
};

// How a fetch of instances differs from the plain one.
struct FetchOptions {
  // Zero is the run's lock time.
  absl::Duration lock_timeout = absl::ZeroDuration();
  std::optional<v1::CapabilityFilter> filter = std::nullopt;
  // The longest history that is wanted (FETCH-9).
  std::optional<uint32_t> max_inline_events = std::nullopt;
  WaitOptions wait = {};
};

// How a fetch of activities differs from the plain one.
struct WorkFetchOptions {
  // Zero is the run's lock time.
  absl::Duration lock_timeout = absl::ZeroDuration();
  std::optional<v1::SessionFetchConfig> session = std::nullopt;
  std::optional<v1::TagFilter> tag_filter = std::nullopt;
  WaitOptions wait = {};
};

// How a lock is given back.
struct AbandonOptions {
  absl::Duration delay = absl::ZeroDuration();
  bool ignore_attempt = false;
};

// A moment to come on the provider's clock.
struct ProviderMoment {
  // In milliseconds since the Unix epoch.
  uint64_t at_ms;
  // Ends at that moment.
  Interval until;
};

class Fixture final : public Judge {
 public:
  // For the runner: `t` of one run, in the store of `session`, which outlives
  // it.
  explicit Fixture(CaseSession& session)
      : session_(session),
        interrupted_(session.stop(), [this] { stop_.request_stop(); }) {}

  // --- What holds for the whole case.

  // The lock time of the run; see Times above.
  absl::Duration lock_timeout() const { return session_.lock_timeout(); }
  // The longest that an answer may take which the contract wants at once, and
  // the one measure for that: many times what a call took before the run, and
  // more than a busy machine takes. What comes later is late.
  absl::Duration AtOnce() const { return session_.at_once(); }
  // How long the waiting methods wait unless the case says otherwise: longer
  // than any provider takes that works.
  absl::Duration patience() const;
  // What the provider said of itself when the run began.
  const v1::GetProviderInfoResponse& provider_info() const {
    return session_.info();
  }
  bool Has(v1::Capability capability) const;
  // The case's own store, for requests in which Call does not fill it in.
  const std::string& store() const { return session_.store(); }
  // Where the choices begin that the case leaves to chance.
  uint64_t seed() const { return session_.seed(); }

  // --- Any call.

  // Makes a call, in the case's own store unless the request names another one,
  // and records it.
  //
  //   t.Call(&Provider::DeleteInstances, request)
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(ProviderMethod<Request, Response> method,
                                std::type_identity_t<Request> request,
                                const CallLimits& limits = {}) {
    return session_.Call(method, std::move(request), limits).response;
  }
  // The same, with the request as it is: an empty store is the default one,
  // where others may be at work.
  template <typename Request, typename Response>
  absl::StatusOr<Response> CallAsIs(
      ProviderMethod<Request, Response> method,
      const std::type_identity_t<Request>& request) {
    return session_.CallAsIs(method, request).response;
  }
  // Call, of a call that must succeed.
  template <typename Request, typename Response>
  Response Do(ProviderMethod<Request, Response> method,
              std::type_identity_t<Request> request,
              std::source_location where = std::source_location::current()) {
    absl::StatusOr<Response> response = Call(method, std::move(request));
    ExpectOk(response, where);
    return *std::move(response);
  }

  // The case relies on a lock that it took by Call, under any name: a check
  // that fails when it may have run out proves nothing.
  void RelyOn(const std::string& name, const Interval& held) {
    leases_.Hold(name, held);
  }

  // Makes another store, which is dropped when the case has ended. The case
  // needs CAPABILITY_ISOLATED_STORES.
  std::string AnotherStore(
      std::source_location where = std::source_location::current());

  // --- The orchestrator queue.

  // Starts the instance with an orchestration that carries no surprise; see
  // StartItem in builders.h.
  void EnqueueStart(
      std::string_view instance,
      std::source_location where = std::source_location::current());
  void Enqueue(v1::WorkItem item,
               std::source_location where = std::source_location::current());
  // Returns how long the message is hidden.
  Interval EnqueueDelayed(
      v1::WorkItem item, absl::Duration delay,
      std::source_location where = std::source_location::current());

  // Fetches once, without waiting unless the options say so. Fails the case
  // where nothing is there.
  LockedItem FetchOrchestrationItem(
      const FetchOptions& options = {},
      std::source_location where = std::source_location::current());
  // The same. Nothing is a result.
  std::optional<LockedItem> TryFetchOrchestrationItem(
      const FetchOptions& options = {},
      std::source_location where = std::source_location::current());
  // The same, with this `max_items`: all that came, in its order. Fails the
  // case where more came than were asked for.
  std::vector<LockedItem> FetchOrchestrationItems(
      uint32_t max_items, const FetchOptions& options = {},
      std::source_location where = std::source_location::current());
  // Fetches until something comes: by long polls where the provider has them,
  // else by short ones. Fails the case where `limit` is over; zero is
  // patience().
  LockedItem FetchOrchestrationItemWithin(
      const FetchOptions& options = {},
      absl::Duration limit = absl::ZeroDuration(),
      std::source_location where = std::source_location::current());

  // Takes an AckBuilder, too.
  void Ack(const v1::AckOrchestrationItemRequest& turn,
           std::source_location where = std::source_location::current());
  absl::Status TryAck(const v1::AckOrchestrationItemRequest& turn);

  // Returns how long the messages are hidden.
  Interval Abandon(
      const LockedItem& locked, const AbandonOptions& options = {},
      std::source_location where = std::source_location::current());
  absl::StatusOr<Interval> TryAbandon(std::string_view token,
                                      const AbandonOptions& options = {});

  // Returns how long the lock is held from now on.
  Interval Renew(const LockedItem& locked, absl::Duration extend_for,
                 std::source_location where = std::source_location::current());
  absl::StatusOr<Interval> TryRenew(std::string_view token,
                                    absl::Duration extend_for);

  // --- The worker queue: as above.

  void EnqueueWork(v1::WorkItem item, std::source_location where =
                                          std::source_location::current());

  LockedWork FetchWorkItem(
      const WorkFetchOptions& options = {},
      std::source_location where = std::source_location::current());
  std::optional<LockedWork> TryFetchWorkItem(
      const WorkFetchOptions& options = {},
      std::source_location where = std::source_location::current());
  std::vector<LockedWork> FetchWorkItems(
      uint32_t max_items, const WorkFetchOptions& options = {},
      std::source_location where = std::source_location::current());
  LockedWork FetchWorkItemWithin(
      const WorkFetchOptions& options = {},
      absl::Duration limit = absl::ZeroDuration(),
      std::source_location where = std::source_location::current());

  // Without a completion the activity is only removed.
  void AckWork(const LockedWork& locked,
               std::optional<v1::WorkItem> completion = std::nullopt,
               std::source_location where = std::source_location::current());
  absl::Status TryAckWork(
      std::string_view token,
      std::optional<v1::WorkItem> completion = std::nullopt);

  Interval AbandonWork(
      const LockedWork& locked, const AbandonOptions& options = {},
      std::source_location where = std::source_location::current());
  absl::StatusOr<Interval> TryAbandonWork(std::string_view token,
                                          const AbandonOptions& options = {});

  Interval RenewWork(
      const LockedWork& locked, absl::Duration extend_for,
      std::source_location where = std::source_location::current());
  absl::StatusOr<Interval> TryRenewWork(std::string_view token,
                                        absl::Duration extend_for);

  // --- Reading. The methods of the administration need CAPABILITY_ADMIN.

  // The history of an execution; of the latest one where none is named.
  std::vector<v1::Event> ReadHistory(
      std::string_view instance,
      std::optional<uint64_t> execution_id = std::nullopt,
      std::source_location where = std::source_location::current());
  v1::InstanceInfo GetInstanceInfo(
      std::string_view instance,
      std::source_location where = std::source_location::current());
  absl::StatusOr<v1::InstanceInfo> TryGetInstanceInfo(
      std::string_view instance);
  v1::ExecutionInfo GetExecutionInfo(
      std::string_view instance, uint64_t execution_id,
      std::source_location where = std::source_location::current());
  v1::QueueDepths GetQueueDepths(
      std::source_location where = std::source_location::current());
  // All of them, page by page.
  std::vector<std::string> ListInstances(
      std::source_location where = std::source_location::current());
  std::vector<uint64_t> ListExecutions(
      std::string_view instance,
      std::source_location where = std::source_location::current());

  // --- The provider.

  // Ends the provider, without a warning where it is a process, and starts it
  // again on what it has stored. Only for cases with `restarts`. Blocks until
  // it serves; fails the case where it does not.
  void RestartProvider(
      std::source_location where = std::source_location::current());

  // --- Time and threads.

  // The moment that is `delay` from now on the provider's clock, for messages
  // that carry one, as TimerFired does.
  ProviderMoment ProviderTimeIn(
      absl::Duration delay,
      std::source_location where = std::source_location::current());

  // All that the provider's clock may have shown from `begin` to `end` on the
  // runner's: its offset was measured before the run. For moments that the
  // provider has noted while a call was under way:
  //
  //   t.ProviderTimesBetween(held.sent, held.received).earliest_ms
  ProviderTimes ProviderTimesBetween(Moment begin, Moment end) const {
    return session_.clock().Between(begin, end);
  }

  // Blocks until the lock has surely run out, the delay is surely over.
  void WaitUntilOver(const Interval& interval);
  // Blocks until four fifths of the interval have passed: near its end, but
  // with time left to see that the lock is held, the message is hidden.
  void WaitUntilNearEnd(const Interval& interval);
  // Blocks until what other threads have sent by now should have arrived at the
  // provider. That it has cannot be known: where it has not, a case may miss a
  // fault, but finds none that is not there.
  void LetArrive();

  // Calls `look` until what it returns matches: at once, then with pauses that
  // grow. Fails the case with the last thing seen where that has not changed
  // for patience(): what goes on may take its time.
  //
  //   t.Eventually([&] { return ProviderNowMs(t); }, ::testing::Gt(past));
  template <typename Look, typename... Context>
  void Eventually(Look look, MatcherHere<std::invoke_result_t<Look>> matcher,
                  const Context&... context) {
    const auto waiting = session_.BeginWait(
        Concat("what is expected at line ", matcher.where.line()));
    std::optional<Patience> pauses;
    std::optional<std::invoke_result_t<Look>> last;
    while (true) {
      const std::invoke_result_t<Look> seen = look();
      if (matcher.matcher.Matches(seen)) return;
      if (last != seen) pauses.emplace(stop_.get_token(), patience());
      last = seen;
      if (pauses->Pause()) continue;
      leases_.IntendAll();
      Expect<std::invoke_result_t<Look>>(seen, std::move(matcher), context...);
      return;
    }
  }

  // Ends the case as failed, because what was waited for has not come. That a
  // lock ran out meanwhile does not put the verdict in doubt.
  [[noreturn]] void FailAfterWait(
      const std::string& expected, const std::string& seen,
      const std::string& context = "",
      std::source_location where = std::source_location::current());

  // Ends the case, because what is to happen at once has not, or came later
  // than AtOnce allows. The case is run again, and fails where that is so every
  // time.
  [[noreturn]] void FailLate(
      const std::string& expected, const std::string& seen,
      const std::string& context = "",
      std::source_location where = std::source_location::current());

  // Calls `body` with 0 to n - 1, each on a thread of its own, all let go at
  // the same moment, and waits for all. A check that fails on one of them fails
  // the case when all have ended; the others stop waiting for what may never
  // come.
  void Concurrently(int n, const std::function<void(int)>& body);

 private:
  std::string Doubt() const override;

  // What the calls of both queues have in common; fixture_queues.cc.
  template <typename Message, typename Request, typename Response>
  std::vector<Locked<Message>> FetchMany(
      ProviderMethod<Request, Response> method, const Request& request,
      const WaitOptions& wait, std::source_location where);
  template <typename Message, typename Request, typename Response>
  std::optional<Locked<Message>> FetchOnce(
      ProviderMethod<Request, Response> method, const Request& request,
      const WaitOptions& wait, std::source_location where);
  template <typename Message, typename Request, typename Response>
  Locked<Message> FetchNow(ProviderMethod<Request, Response> method,
                           const Request& request, const WaitOptions& wait,
                           std::source_location where);
  template <typename Message, typename Request, typename Response>
  Locked<Message> FetchWithin(ProviderMethod<Request, Response> method,
                              Request request, absl::Duration limit,
                              std::source_location where);
  template <typename Request, typename Response>
  absl::Status GiveUp(ProviderMethod<Request, Response> method,
                      const Request& request);
  template <typename Request, typename Response>
  absl::StatusOr<Interval> GiveBack(ProviderMethod<Request, Response> method,
                                    std::string_view token,
                                    const AbandonOptions& options);
  template <typename Request, typename Response>
  absl::StatusOr<Interval> Extend(ProviderMethod<Request, Response> method,
                                  std::string_view token,
                                  absl::Duration extend_for);
  Interval ExpectInterval(const absl::StatusOr<Interval>& interval,
                          std::source_location where);

  // How long a call without work takes, there and back.
  absl::Duration RoundTrip();

  CaseSession& session_;
  Leases leases_;
  // Ends all waiting: the run was interrupted, or a thread of Concurrently has
  // ended the case.
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> interrupted_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FIXTURE_H_
