#include "conformance/stress/check/kinds.h"

#include <algorithm>

namespace duroxide::stress {
namespace {

constexpr FindingKind kKinds[] = {
    {kLostInstance,
     "An instance was started, the provider said so, and it is not in the "
     "store.",
     "An enqueue that was acknowledged before it was durable; a fetch that "
     "drops what it cannot lock (FETCH-5, ENQ-1); an ack that makes no record "
     "(ACK-2)."},
    {kStuckInstance, "An instance has not ended when the load was over.",
     "A message that was lost on its way to it: a completion (WORK-2), a timer "
     "(ACK-5), an event; a lock that does not run out (FETCH-1); or a provider "
     "that was too slow for --wait-timeout."},
    {kUnknownInstance,
     "The store has an instance of this load that nobody has started.",
     "A start that was stored under another id; an enqueue that was refused "
     "and done all the same (ACK-1, WIRE-2)."},
    {kUnlistedInstance,
     "An instance is in the store and not on any page of ListInstances.",
     "Pages cut by moments that are the same for many, or by an offset while "
     "the store changes (ADMIN-1)."},
    {kOutcomeDiffers,
     "The runtime has seen an instance or child end otherwise than the store "
     "has it.",
     "An ack that was answered with OK and not done as a whole (ACK-1); a "
     "later ack with a lock that was lost (FETCH-1)."},
    {kStatusDiffers,
     "Status or output of an instance are not those of its history.",
     "Metadata and events that are not committed together (ACK-1, ACK-2)."},
    {kWrongParent,
     "A child's history names another parent, or another event of it, than "
     "the one that scheduled it.",
     "Fields of messages or events that are not kept (ACK-3, WIRE-9)."},
    {kWrongOutput,
     "An instance completed with another result than it must have.",
     "Completions that went to the wrong activity or execution (WORK-2); a "
     "history that was not given out as it was stored (FETCH-4)."},
    {kLostExecution,
     "An execution that an instance went through has no history.",
     "Continue-as-new that removes or overwrites the execution before it "
     "(ACK-2, ACK-3)."},
    {kUnreadableHistory, "The history of an execution cannot be read.",
     "Events that were stored damaged (FETCH-8), or a history beyond the "
     "provider's max_message_bytes (WIRE-8)."},
    {kEventMissing, "A history has a gap: an event id is not there.",
     "An ack of which a part was stored (ACK-1); events removed by another "
     "instance's deletion or prune."},
    {kEventTwice, "A history has an event id twice, or ids that do not rise.",
     "No check for the same event id (ACK-3); two holders of one lock "
     "(FETCH-1); a history that is not given in order."},
    {kForeignEvent,
     "A history holds an event of another instance or execution.",
     "Rows that are found by a part of their key."},
    {kWrongBeginning,
     "A history does not begin with OrchestrationStarted, or has a second "
     "one.",
     "A start that was delivered twice and acked under different locks "
     "(FETCH-1); the first events lost (ACK-1)."},
    {kWrongEnd,
     "A history has no terminal event although its execution has ended, or "
     "goes on behind it.",
     "The last ack stored in parts (ACK-1); events appended by the holder of "
     "an old lock."},
    {kEndedTwice, "A history has several terminal events.",
     "Two holders of one instance's lock at the same time (FETCH-1); an ack "
     "that was done twice (WIRE-7)."},
    {kUnscheduledCompletion,
     "A history holds the completion of something that it did not schedule "
     "before.",
     "Messages that went to another instance or execution (WORK-2, ENQ-1); "
     "the scheduling event is lost (ACK-1)."},
    {kCompletionTwice,
     "A history holds several completions of one activity, timer or child.",
     "A message that was delivered again after its ack (ACK-1, FETCH-2), or "
     "was stored twice (WORK-2, WIRE-7)."},
    {kCompletionMissing,
     "An execution ended well although something that it waited for has no "
     "completion in its history.",
     "Events that were lost when they were stored (ACK-3)."},
    {kEffectLost,
     "A history says that an activity completed which was never done.",
     "A completion that was given to the wrong activity (WORK-2); a store "
     "from an earlier load that was taken for a new one."},
    {kEffectTwice, "An activity was done more than once.",
     "Two workers held it at the same time (WORK-1); its item came back after "
     "the ack (WORK-2); its lock ran out because renewals did not get through "
     "in time (WORK-3): see the latency of RenewWorkItemLock."},
    {kUnknownEffect,
     "An activity was done that no history of its instance schedules.",
     "Worker items that were enqueued by an ack which failed (ACK-1); an "
     "activity with another id than it was enqueued with."},
    {kWrongWorker,
     "An activity was given to a worker whose tag filter does not take it.",
     "Tags that are not kept with the item, or are compared loosely (TAG-1)."},
    {kSessionSplit, "Activities of one session were given to different owners.",
     "Claiming the session and locking the item are two steps (SESS-1); "
     "session locks that run out because renewals do not get through "
     "(SESS-2)."},
    {kQueueNotEmpty, "Messages are left in the queues when all has ended.",
     "Messages that are not deleted with their ack (ACK-1, WORK-2), or were "
     "stored twice; a unit that was given up leaves its own, too."},
    {kMessageLost, "A message was accepted for an instance that never got it.",
     "An enqueue that was acknowledged before it was durable (ENQ-1); an ack "
     "that deletes messages which came after its fetch (FETCH-2)."},
    {kMessageTwice, "An instance got a message more than once.",
     "Messages that stay when their batch is acked (ACK-1, FETCH-2); a "
     "request that was repeated and done again (WIRE-7)."},
    {kTimerEarly, "A timer fired before it was due.",
     "Timers that are visible from the ack on (ACK-5); clocks of provider and "
     "runner that are apart."},
    {kPayloadChanged,
     "A payload came back with other bytes than it was stored with.",
     "Text that is cut, trimmed, or goes through another encoding (WIRE-9, "
     "ACK-3)."},
};

}  // namespace

std::span<const FindingKind> FindingKinds() { return kKinds; }

const FindingKind* FindFindingKind(std::string_view name) {
  const auto* const found = std::ranges::find(kKinds, name, &FindingKind::name);
  return found == std::end(kKinds) ? nullptr : found;
}

}  // namespace duroxide::stress
