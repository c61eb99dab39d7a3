#include "conformance/stress/check/history.h"

#include <algorithm>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/check/kinds.h"
#include "runtime/registry.h"
#include "runtime/replay/commit.h"

namespace duroxide::stress {
namespace {

using v1::Event;

// What was scheduled, and how much of it is done.
struct Scheduled {
  enum class Kind { kActivity, kTimer, kChild };

  Kind kind;
  int completions = 0;
  bool given_up = false;
  // Where it is in HistoryFacts: activity or child; none for the runtime's own.
  std::optional<size_t> index = std::nullopt;
};

std::string_view NameOf(Scheduled::Kind kind) {
  switch (kind) {
    case Scheduled::Kind::kActivity:
      return "activity";
    case Scheduled::Kind::kTimer:
      return "timer";
    case Scheduled::Kind::kChild:
      return "child";
  }
  return "schedule";
}

std::optional<Scheduled::Kind> CompletionOf(const Event& event) {
  switch (event.kind_case()) {
    case Event::kActivityCompleted:
    case Event::kActivityFailed:
      return Scheduled::Kind::kActivity;
    case Event::kTimerFired:
      return Scheduled::Kind::kTimer;
    case Event::kSubOrchestrationCompleted:
    case Event::kSubOrchestrationFailed:
      return Scheduled::Kind::kChild;
    default:
      return std::nullopt;
  }
}

bool IsTerminal(const Event& event) {
  return event.has_orchestration_completed() ||
         event.has_orchestration_failed() ||
         event.has_orchestration_continued_as_new();
}

// One walk along a history.
class Walk {
 public:
  Walk(std::string_view instance, uint64_t execution_id, Findings& findings)
      : instance_(instance), execution_id_(execution_id), findings_(findings) {}

  void Step(const Event& event) {
    CheckId(event);
    CheckPlace(event);
    if (event.has_orchestration_started()) {
      OnStarted(event.orchestration_started());
    } else if (event.has_activity_scheduled()) {
      OnActivity(event);
    } else if (event.has_timer_created()) {
      schedules_.insert({event.event_id(), {Scheduled::Kind::kTimer}});
    } else if (event.has_sub_orchestration_scheduled()) {
      OnChild(event);
    } else if (event.has_activity_cancel_requested() ||
               event.has_sub_orchestration_cancel_requested()) {
      const auto found = schedules_.find(event.source_event_id());
      if (found != schedules_.end()) found->second.given_up = true;
    } else if (event.has_orchestration_cancel_requested()) {
      cancelled_ = true;
    }
    if (const auto kind = CompletionOf(event)) OnCompletion(event, *kind);
    if (IsTerminal(event)) OnEnd(event);
    ++steps_;
  }

  HistoryFacts Finish(bool all_awaited) {
    if (steps_ == 0) Found(kLostExecution, "it has no events");
    if (all_awaited && !cancelled_ &&
        (facts_.end == Event::kOrchestrationCompleted ||
         facts_.end == Event::kOrchestrationContinuedAsNew)) {
      for (const auto& [id, schedule] : schedules_) {
        if (schedule.completions > 0 || schedule.given_up) continue;
        Found(kCompletionMissing,
              absl::StrCat(std::string(NameOf(schedule.kind)), " of event ", id,
                           " has none"));
      }
    }
    return std::move(facts_);
  }

 private:
  void Found(std::string_view kind, std::string_view what) {
    findings_.Add(kind, absl::StrCat(std::string(instance_), ", execution ",
                                     execution_id_, ": ", std::string(what)));
  }

  void CheckId(const Event& event) {
    const uint64_t id = event.event_id();
    if (id <= last_id_) {
      Found(kEventTwice, absl::StrCat("event ", id, " after ", last_id_));
    } else if (id > last_id_ + 1) {
      Found(kEventMissing, absl::StrCat("event ", id, " after ", last_id_));
    }
    last_id_ = std::max(last_id_, id);
    if (event.instance_id() != instance_ ||
        event.execution_id() != execution_id_) {
      Found(kForeignEvent,
            absl::StrCat("event ", id, " is of ", event.instance_id(),
                         ", execution ", event.execution_id()));
    }
  }

  // What may not stand where it does.
  void CheckPlace(const Event& event) {
    if (steps_ == 0 && !event.has_orchestration_started()) {
      Found(kWrongBeginning, "its first event is no start");
    }
    if (steps_ > 0 && event.has_orchestration_started()) {
      Found(kWrongBeginning,
            absl::StrCat("event ", event.event_id(), " starts it again"));
    }
    if (facts_.end != Event::KIND_NOT_SET && !IsTerminal(event) &&
        !event.has_activity_cancel_requested()) {
      Found(kWrongEnd,
            absl::StrCat("event ", event.event_id(), " stands behind its end"));
    }
  }

  void OnStarted(const v1::OrchestrationStarted& started) {
    if (steps_ > 0) return;
    facts_.parent_instance = started.parent_instance();
    facts_.parent_id = started.parent_id();
  }

  void OnActivity(const Event& event) {
    Scheduled schedule{Scheduled::Kind::kActivity};
    if (!absl::StartsWith(
            event.activity_scheduled().name(),
            absl::string_view(runtime::kReservedActivityPrefix.data(),
                              runtime::kReservedActivityPrefix.size()))) {
      schedule.index = facts_.activities.size();
      facts_.activities.push_back({.id = event.event_id()});
    }
    schedules_.insert({event.event_id(), schedule});
  }

  void OnChild(const Event& event) {
    Scheduled schedule{Scheduled::Kind::kChild};
    schedule.index = facts_.children.size();
    facts_.children.push_back(
        {.instance = runtime::ChildInstance(
             std::string(instance_),
             event.sub_orchestration_scheduled().instance()),
         .id = event.event_id()});
    schedules_.insert({event.event_id(), schedule});
  }

  void OnCompletion(const Event& event, Scheduled::Kind kind) {
    const uint64_t source = event.source_event_id();
    const auto found = schedules_.find(source);
    if (found == schedules_.end() || found->second.kind != kind) {
      Found(kUnscheduledCompletion,
            absl::StrCat("event ", event.event_id(), " completes event ",
                         source, ", which is no ", std::string(NameOf(kind))));
      return;
    }
    Scheduled& schedule = found->second;
    if (++schedule.completions > 1) {
      Found(kCompletionTwice,
            absl::StrCat(std::string(NameOf(kind)), " of event ", source,
                         " again in event ", event.event_id()));
    }
    if (!schedule.index) return;
    if (kind == Scheduled::Kind::kActivity) {
      HistoryFacts::Activity& activity = facts_.activities[*schedule.index];
      activity.completed |= event.has_activity_completed();
      activity.failed |= event.has_activity_failed();
    } else if (kind == Scheduled::Kind::kChild) {
      facts_.children[*schedule.index].completed |=
          event.has_sub_orchestration_completed();
    }
  }

  void OnEnd(const Event& event) {
    if (facts_.end != Event::KIND_NOT_SET) {
      Found(kEndedTwice, absl::StrCat("again in event ", event.event_id()));
      return;
    }
    facts_.end = event.kind_case();
    facts_.output = event.orchestration_completed().output();
  }

  const std::string_view instance_;
  const uint64_t execution_id_;
  Findings& findings_;
  HistoryFacts facts_;
  uint64_t steps_ = 0;
  uint64_t last_id_ = 0;
  bool cancelled_ = false;
  std::unordered_map<uint64_t, Scheduled> schedules_;
};

}  // namespace

HistoryFacts CheckHistory(std::string_view instance, uint64_t execution_id,
                          const Events& events, bool all_awaited,
                          Findings& findings) {
  Walk walk(instance, execution_id, findings);
  for (const Event& event : events) walk.Step(event);
  return walk.Finish(all_awaited);
}

}  // namespace duroxide::stress
