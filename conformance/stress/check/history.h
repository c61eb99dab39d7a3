#ifndef DUROXIDE_CONFORMANCE_STRESS_CHECK_HISTORY_H_
#define DUROXIDE_CONFORMANCE_STRESS_CHECK_HISTORY_H_

// Whether a history is one that a runtime can have written.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/stress/check/findings.h"
#include "google/protobuf/repeated_field.h"
#include "providers/provider.h"

namespace duroxide::stress {

using Events = google::protobuf::RepeatedPtrField<v1::Event>;

// What a history says, for those who compare it with the rest.
struct HistoryFacts {
  struct Activity {
    // Its ActivityScheduled event.
    uint64_t id = 0;
    bool completed = false;
    bool failed = false;
  };
  struct Child {
    // Its full id.
    std::string instance;
    // Its SubOrchestrationScheduled event.
    uint64_t id = 0;
    bool completed = false;
  };

  // The terminal event's kind, KIND_NOT_SET where there is none.
  v1::Event::KindCase end = v1::Event::KIND_NOT_SET;
  // The result of one that completed.
  std::string output;
  // Of the first event, where that is the start.
  std::string parent_instance;
  uint64_t parent_id = 0;
  // Those of the runtime itself left out.
  std::vector<Activity> activities;
  std::vector<Child> children;
};

// Adds what is wrong with the history of one execution:
//  - event ids that are not 1, 2, 3 and so on, and events of others;
//  - a beginning that is no start, an end that is none or is not the last but
//    for the cancellation of activities, several of either;
//  - completions of what was not scheduled before, and several of one;
//  - with `all_awaited`, where it ended well, schedules without a completion
//    that were not given up.
HistoryFacts CheckHistory(std::string_view instance, uint64_t execution_id,
                          const Events& events, bool all_awaited,
                          Findings& findings);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CHECK_HISTORY_H_
