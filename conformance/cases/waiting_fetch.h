#ifndef DUROXIDE_CONFORMANCE_CASES_WAITING_FETCH_H_
#define DUROXIDE_CONFORMANCE_CASES_WAITING_FETCH_H_

// Fetches that wait for work, for cases about long polling (WIRE-5).

#include <functional>
#include <future>
#include <optional>
#include <source_location>
#include <stop_token>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// The poll_timeout of a fetch that waits until it is woken: as long as the
// provider allows, at most ten seconds.
absl::Duration LongWait(Fixture& t);

// The poll_timeout of a fetch that waits in vain: half a lock time, or what the
// provider allows.
absl::Duration ShortWait(Fixture& t);

// A fetch that was sent at `sent` or later is back just now with nothing:
// surely it has waited for its `poll_timeout`.
void ExpectFullWait(
    Fixture& t, Moment sent, absl::Duration poll_timeout,
    std::source_location where = std::source_location::current());

// A fetch that was sent at `sent` or later is back just now: it has not waited
// for longer than its `poll_timeout`.
void ExpectNoLongerWait(
    Fixture& t, Moment sent, absl::Duration poll_timeout,
    std::source_location where = std::source_location::current());

// A fetch that waits on a thread of its own while the case goes on.
//
//   WaitingFetch<LockedItem> waiting = WaitForInstance(t);
//   t.EnqueueStart("order-1");
//   t.Expect(waiting.WokenAtOnce(), IsItemOf("order-1"));
//
// It should have begun to wait when it has been made (Fixture::LetArrive), and
// fetches anew where the provider has let it wait for the whole of LongWait in
// vain. It gives up when it goes out of scope. `Item` is LockedItem, LockedWork
// or the absl::Status of an error.
template <typename Item>
class WaitingFetch {
 public:
  // Fetches once.
  using Fetch = std::function<std::optional<Item>(const WaitOptions&)>;

  WaitingFetch(Fixture& t, Fetch fetch);
  WaitingFetch(const WaitingFetch&) = delete;
  WaitingFetch& operator=(const WaitingFetch&) = delete;
  ~WaitingFetch() { cancel_.request_stop(); }

  // What ended the wait. Fails the case where nothing does so at once.
  Item WokenAtOnce(
      std::source_location where = std::source_location::current());

  // True while nothing has ended the wait.
  bool Waits() const;

  // Gives up, as a caller does that does not want to wait any longer. Returns
  // what came before that.
  std::optional<Item> GiveUp();

 private:
  std::optional<Item> Run();

  Fixture& t_;
  const Fetch fetch_;
  std::stop_source cancel_;
  std::packaged_task<std::optional<Item>()> run_;
  std::shared_future<std::optional<Item>> end_;
  std::jthread thread_;
};

// Both leave the waiting itself to the WaitingFetch.
WaitingFetch<LockedItem> WaitForInstance(Fixture& t, FetchOptions options = {});
WaitingFetch<LockedWork> WaitForActivity(Fixture& t,
                                         WorkFetchOptions options = {});

// A fetch by this request, which an error is to end.
template <typename Request, typename Response>
WaitingFetch<absl::Status> WaitForError(
    Fixture& t, ProviderMethod<Request, Response> method, Request request) {
  return {t, [&t, method, request](const WaitOptions& wait) mutable {
            *request.mutable_poll_timeout() = ToProto(wait.poll_timeout);
            const CallLimits limits = {
                .timeout = CallLimits::kPatience + wait.poll_timeout,
                .cancel = wait.cancel};
            absl::Status status = t.Call(method, request, limits).status();
            return status.ok() ? std::nullopt : std::optional(status);
          }};
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_WAITING_FETCH_H_
