#ifndef DUROXIDE_RUNTIME_DISPATCH_SLOTS_H_
#define DUROXIDE_RUNTIME_DISPATCH_SLOTS_H_

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "runtime/dispatch/activity_run.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::runtime {

// Which activities may run: as many at a time as there are slots. The others
// wait for one in their order. Thread-safe.
class Slots {
 public:
  using Run = std::shared_ptr<ActivityRun>;

  explicit Slots(int count);

  // Who may run, and in which slot.
  struct Entered {
    Run run;
    int slot = 0;
  };

  // Gives the run a slot, or has it wait.
  std::optional<Entered> Enter(const Run& run);

  // The run's slot is free. Who has waited longest and has not ended has it
  // now; nothing where nobody waits or the run has none.
  std::optional<Entered> Leave(const Run& run);

  // Those that wait since `moment` or longer; they wait no more.
  std::vector<Run> TakeWaitingSince(TimerQueue::Clock::time_point moment);

  bool anybody_waits() const;

 private:
  struct Waiting {
    Run run;
    TimerQueue::Clock::time_point since;
  };

  mutable std::mutex mutex_;
  std::vector<int> free_;
  std::unordered_map<Run, int> taken_;
  std::deque<Waiting> waiting_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_SLOTS_H_
