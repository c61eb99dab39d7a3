#ifndef DUROXIDE_RUNTIME_DISPATCH_FETCH_AHEAD_H_
#define DUROXIDE_RUNTIME_DISPATCH_FETCH_AHEAD_H_

#include <mutex>

#include "absl/time/time.h"

namespace duroxide::runtime {

// How many items to fetch before there is a slot for them. Where the work on an
// item is short, the way to the store and back is what a slot would wait for
// most of the time; where it is long, an item that waits here is one that
// another worker could have begun. Thread-safe.
class FetchAhead {
 public:
  // For so many slots. An item is to wait no longer than `longest_wait`, which
  // may be zero: then nothing is fetched ahead.
  FetchAhead(int slots, absl::Duration longest_wait);

  // The work on an item took this long.
  void Learn(absl::Duration took);

  // Items have waited too long: nothing is known any more.
  void Forget();

  // Zero as long as nothing is known.
  int items() const;

 private:
  const int slots_;
  const absl::Duration longest_wait_;
  mutable std::mutex mutex_;
  // Of the latest items; infinite where nothing is known.
  absl::Duration typical_ = absl::InfiniteDuration();
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_FETCH_AHEAD_H_
