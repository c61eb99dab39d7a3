#ifndef DUROXIDE_RUNTIME_DISPATCH_POLLER_H_
#define DUROXIDE_RUNTIME_DISPATCH_POLLER_H_

#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::runtime {

struct PollerOptions {
  // What is fetched, for the log: "orchestrations".
  std::string_view what;
  // How many items may be worked on at a time.
  int slots = 1;
  // A fetch may give more than one item (BATCH_FETCH).
  bool batches = true;
  // A fetch that gave nothing sooner than this is not repeated before.
  absl::Duration min_interval = absl::Milliseconds(100);
};

// Fetches items for free slots. One long poll serves them all; where the
// provider gives one item at a time there are more, as long as each gives
// something. Never are more items asked for than slots are free. Thread-safe.
class Poller {
 public:
  // What became of a fetch: its status, and how many items it asked for and
  // gave. Each item has a slot of its own from then on, until it is released.
  struct Fetched {
    absl::Status status;
    int asked = 0;
    int given = 0;
  };
  using OnFetched = absl::AnyInvocable<void(Fetched)>;
  // Sends a fetch of at most `max_items`, which ends early when `stop` is
  // requested. Must not block.
  using Fetch = absl::AnyInvocable<void(int max_items, std::stop_token stop,
                                        OnFetched on_fetched) const>;

  Poller(Environment& environment, PollerOptions options, Fetch fetch);
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;
  // Stopped, and every fetch has ended.
  ~Poller();

  void Start();

  // A slot is free again.
  void Release();

  // How many items may be worked on at a time from now on. Where it is fewer
  // than are, nothing is fetched until that is no longer so.
  void SetSlots(int slots);

  // Sends no more fetches, and ends those that wait.
  void Stop();

 private:
  struct Flight {
    TimerQueue::Clock::time_point sent;
    int reserved = 0;
    std::stop_source stop;
  };

  void Pump();
  std::shared_ptr<Flight> Next();  // under the lock; null where there is none
  void OnEnd(const std::shared_ptr<Flight>& flight, const Fetched& fetched);
  void LearnFrom(const Flight& flight, const Fetched& fetched);
  void Pause(absl::Duration pause);  // under the lock

  Environment& environment_;
  const PollerOptions options_;
  const Fetch fetch_;

  std::mutex mutex_;
  bool running_ = false;
  bool paused_ = false;
  TimerQueue::Timer pause_;
  int slots_;
  int free_;  // below zero where there are fewer slots than before
  // How many fetches may be under way.
  size_t target_ = 1;
  std::vector<std::shared_ptr<Flight>> flights_;
  int errors_in_a_row_ = 0;
  // A thread is in Pump, and has to look once more.
  bool pumping_ = false;
  bool look_again_ = false;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_POLLER_H_
