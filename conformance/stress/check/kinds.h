#ifndef DUROXIDE_CONFORMANCE_STRESS_CHECK_KINDS_H_
#define DUROXIDE_CONFORMANCE_STRESS_CHECK_KINDS_H_

// The kinds of what a check can find, and what each means.

#include <span>
#include <string_view>

namespace duroxide::stress {

// Of instances.
inline constexpr std::string_view kLostInstance = "lost_instance";
inline constexpr std::string_view kStuckInstance = "stuck_instance";
inline constexpr std::string_view kUnknownInstance = "unknown_instance";
inline constexpr std::string_view kUnlistedInstance = "unlisted_instance";
inline constexpr std::string_view kOutcomeDiffers = "outcome_differs";
inline constexpr std::string_view kStatusDiffers = "status_differs";
inline constexpr std::string_view kWrongParent = "wrong_parent";
inline constexpr std::string_view kWrongOutput = "wrong_output";
// Of histories.
inline constexpr std::string_view kLostExecution = "lost_execution";
inline constexpr std::string_view kUnreadableHistory = "unreadable_history";
inline constexpr std::string_view kEventMissing = "event_missing";
inline constexpr std::string_view kEventTwice = "event_twice";
inline constexpr std::string_view kForeignEvent = "foreign_event";
inline constexpr std::string_view kWrongBeginning = "wrong_beginning";
inline constexpr std::string_view kWrongEnd = "wrong_end";
inline constexpr std::string_view kEndedTwice = "ended_twice";
inline constexpr std::string_view kUnscheduledCompletion =
    "unscheduled_completion";
inline constexpr std::string_view kCompletionTwice = "completion_twice";
inline constexpr std::string_view kCompletionMissing = "completion_missing";
// Of activities.
inline constexpr std::string_view kEffectLost = "effect_lost";
inline constexpr std::string_view kEffectTwice = "effect_twice";
inline constexpr std::string_view kUnknownEffect = "unknown_effect";
inline constexpr std::string_view kWrongWorker = "wrong_worker";
inline constexpr std::string_view kSessionSplit = "session_split";
// Of messages, timers and payloads.
inline constexpr std::string_view kQueueNotEmpty = "queue_not_empty";
inline constexpr std::string_view kMessageLost = "message_lost";
inline constexpr std::string_view kMessageTwice = "message_twice";
inline constexpr std::string_view kTimerEarly = "timer_early";
inline constexpr std::string_view kPayloadChanged = "payload_changed";

struct FindingKind {
  std::string_view name;
  // What it says, in one sentence.
  std::string_view meaning;
  // Where to look for the cause, the likeliest first.
  std::string_view likely_causes;
};

// All of them, in the order of a report.
std::span<const FindingKind> FindingKinds();

// nullptr where there is none of this name.
const FindingKind* FindFindingKind(std::string_view name);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_CHECK_KINDS_H_
