#ifndef DUROXIDE_CONFORMANCE_STOP_MOMENT_H_
#define DUROXIDE_CONFORMANCE_STOP_MOMENT_H_

#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>

#include "conformance/interval.h"

namespace duroxide::conformance {

// Notes when a stop was requested. Thread-safe.
class StopMoment {
 public:
  explicit StopMoment(const std::stop_token& stop)
      : on_stop_(stop, [this] { at_ = Now(); }) {}

  // None where no stop was requested so far.
  std::optional<Moment> at() const {
    const Moment at = at_;
    return at == Moment() ? std::nullopt : std::optional(at);
  }

 private:
  std::atomic<Moment> at_ = Moment();
  std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STOP_MOMENT_H_
