#include "runtime/look_until.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {
namespace {

constexpr absl::Duration kFirstPause = absl::Milliseconds(5);
constexpr absl::Duration kLongestPause = absl::Milliseconds(100);
constexpr absl::Duration kTimeOfALook = absl::Seconds(1);

// Returns early where `stop` is requested.
void Sleep(absl::Duration time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, absl::ToChronoNanoseconds(time),
                 [] { return false; });
}

}  // namespace

LookPauses::LookPauses(absl::Duration timeout, std::stop_token stop)
    : stop_(std::move(stop)),
      end_(absl::Now() + timeout),
      pause_(kFirstPause) {}

CallContext LookPauses::ContextOfLook() const {
  return {.deadline = std::max(end_, absl::Now() + kTimeOfALook),
          .stop = stop_,
          .abandon = stop_};
}

absl::Status LookPauses::Pause(const absl::Status& error) {
  const absl::Duration left = end_ - absl::Now();
  if (!stopped() && left <= absl::ZeroDuration()) {
    return absl::DeadlineExceededError(
        error.ok() ? "the time to wait is up"
                   : absl::StrCat("the time to wait is up; the last look: ",
                                  error.ToString()));
  }
  if (!stopped()) Sleep(std::min(pause_, left), stop_);
  if (stopped()) return absl::CancelledError("the wait was stopped");
  pause_ = std::min(2 * pause_, kLongestPause);
  return absl::OkStatus();
}

}  // namespace duroxide::runtime
