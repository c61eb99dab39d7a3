#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_TICKER_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_TICKER_H_

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

namespace duroxide::stress {

// Calls `tick` every second on a thread of its own, as long as it lives, and
// once more at the end.
class Ticker {
 public:
  explicit Ticker(std::function<void()> tick)
      : tick_(std::move(tick)),
        thread_([this](const std::stop_token& stop) { Loop(stop); }) {}
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void Loop(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    auto due = std::chrono::steady_clock::now();
    // The last tick begins after the end was asked for, also where that was
    // before this thread began or during a tick.
    for (bool last = false; !last;) {
      due += std::chrono::seconds(1);
      never.wait_until(lock, stop, due, [] { return false; });
      last = stop.stop_requested();
      tick_();
    }
  }

  const std::function<void()> tick_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_TICKER_H_
