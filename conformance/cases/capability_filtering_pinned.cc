// How an execution comes by its pinned version, and how it keeps it.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

// A filter that takes exactly this version.
FetchOptions Exactly(const v1::SemanticVersion& version) {
  return {.filter = Supports({VersionRange(version, version)})};
}

CONFORMANCE_CASE(
    capability_filtering, pinned_version_stored_via_ack_metadata,
    .upstream = "test_pinned_version_stored_via_ack_metadata",
    .clauses = {"ACK-6", "FETCH-7"},
    .proves =
        "The pinned version of the first ack's metadata is stored with the "
        "execution, with all of its three numbers.",
    .procedure =
        "Make an instance whose first ack pins it to 3.1.4, and enqueue a "
        "message. Fetch for exactly 3.1.3, 3.0.4, 2.1.4 and 3.1.5: nothing. "
        "Fetch for exactly 3.1.4: the instance.",
    .likely_causes = {
        "The pinned version is not stored when the record is made.",
        "Only the major number is stored, or the numbers change places.",
        "The version of the orchestration is stored in its place."}) {
  CreatePinned(t, "order-1", Version(3, 1, 4));
  t.Enqueue(ExternalItem("order-1", "approved"));

  for (const v1::SemanticVersion& other :
       {Version(3, 1, 3), Version(3, 0, 4), Version(2, 1, 4),
        Version(3, 1, 5)}) {
    t.Expect(t.TryFetchOrchestrationItem(Exactly(other)), NoItem(),
             "it is pinned to 3.1.4 and not to ", TextOf(other));
  }
  t.Expect(t.FetchOrchestrationItem(Exactly(Version(3, 1, 4))),
           IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    capability_filtering, pinned_version_immutable_across_ack_cycles,
    .upstream = "test_pinned_version_immutable_across_ack_cycles",
    .clauses = {"ACK-6", "ACK-2"},
    .proves =
        "Acks that give no pinned version leave the stored one as it is, "
        "whatever else their metadata says, and so does an ack that fails.",
    .procedure =
        "Make an instance that is pinned to 1.0.0. Take a turn with no "
        "metadata, one with name and version, and one with a status. After "
        "each, a message is fetched for exactly 1.0.0 and not for 2.x. Fail to "
        "ack a turn with the pinned version 2.0.0, for a taken event id: the "
        "same still holds.",
    .likely_causes = {
        "The ack writes the pinned version always, absent or not.",
        "The record of the execution is replaced by each ack.",
        "The metadata is applied before the events are, and not taken back."}) {
  const FetchOptions pinned = Exactly(Version(1, 0, 0));
  const FetchOptions other = {.filter = SupportsMajor(2)};
  CreatePinned(t, "order-1", Version(1, 0, 0));
  const auto next_turn = [&](std::string_view after) {
    t.Enqueue(ExternalItem("order-1", after));
    t.Expect(t.TryFetchOrchestrationItem(other), NoItem(), "after ", after);
    return t.FetchOrchestrationItem(pinned);
  };

  t.Ack(AckBuilder(next_turn("the first turn")));
  t.Ack(AckBuilder(next_turn("a turn with no metadata"))
            .Name("ProcessBigOrder")
            .Version("2.0.0"));
  t.Ack(AckBuilder(next_turn("a turn with name and version"))
            .Status(v1::ORCHESTRATION_STATUS_RUNNING));
  LockedItem held = next_turn("a turn with a status");
  t.ExpectError(t.TryAck(AckBuilder(held)
                             .Append(TimerCreatedEvent(1, 1))
                             .PinnedVersion(Version(2, 0, 0))),
                v1::ERROR_REASON_DUPLICATE_EVENT);
  t.Ack(AckBuilder(held));
  t.Expect(next_turn("an ack that failed"), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    capability_filtering, continue_as_new_execution_gets_own_pinned_version,
    .upstream = "test_continue_as_new_execution_gets_own_pinned_version",
    .clauses = {"ACK-6", "FETCH-7"},
    .proves =
        "A pinned version belongs to one execution. The next one begins "
        "without, gets its own, and is filtered by that alone.",
    .procedure =
        "Make an instance that is pinned to 1.0.0 and continue it as new; "
        "until the new execution is acked, the message is fetched for 1.x "
        "only. Ack execution 2 without a pinned version: a message is fetched "
        "for 99.x. Ack with 2.0.0: the next one is fetched for 2.x and not for "
        "1.x. A late ack of execution 1 with 3.0.0 changes nothing in that.",
    .likely_causes = {
        "The pinned version is kept with the instance.",
        "The new execution copies the version of the one before.",
        "The filter looks at any execution of the instance instead of at the "
        "current one."}) {
  const FetchOptions first = {.filter = SupportsMajor(1)};
  const FetchOptions second = {.filter = SupportsMajor(2)};
  CreatePinned(t, "order-1", Version(1, 0, 0));
  t.Enqueue(ContinueAsNewItem("order-1"));
  t.Expect(t.TryFetchOrchestrationItem(second), NoItem(),
           "execution 1 is still the current one");
  LockedItem next = t.FetchOrchestrationItem(first);
  t.Ack(AckBuilder(next).Execution(2).Append(StartedEvent(1)));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem unpinned = t.FetchOrchestrationItem({.filter = SupportsMajor(99)});
  t.Expect(unpinned, IsItemOf("order-1"), "execution 2 is not pinned yet");
  t.Expect(unpinned.item().execution_id(), 2u);
  t.Ack(AckBuilder(unpinned).PinnedVersion(Version(2, 0, 0)));

  t.Enqueue(ExternalItem("order-1", "paid"));
  t.Expect(t.TryFetchOrchestrationItem(first), NoItem(),
           "1.0.0 is not current");
  LockedItem pinned = t.FetchOrchestrationItem(second);
  t.Expect(pinned, IsItemOf("order-1"));
  t.Ack(AckBuilder(pinned).Execution(1).PinnedVersion(Version(3, 0, 0)));

  t.Enqueue(ExternalItem("order-1", "shipped"));
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(3)}), NoItem(),
           "3.0.0 is execution 1's");
  t.Expect(t.FetchOrchestrationItem(second), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    capability_filtering, ack_stores_pinned_version_via_metadata_update,
    .upstream = "test_ack_stores_pinned_version_via_metadata_update",
    .clauses = {"ACK-6", "FETCH-7"},
    .proves =
        "An execution that began without a pinned version gets one from a "
        "later ack, and from then on is filtered by it.",
    .procedure =
        "Make an instance that is not pinned, and enqueue a message: it is "
        "fetched for 99.x. Ack with the pinned version 1.2.3, alone in the "
        "metadata, and enqueue a message: it is not fetched for 99.x, and it "
        "is for exactly 1.2.3. Its name, version and history are as before.",
    .likely_causes = {
        "The pinned version is written only when the record is made.",
        "Metadata without name and version is left aside."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem unpinned = t.FetchOrchestrationItem({.filter = SupportsMajor(99)});
  t.Expect(unpinned, IsItemOf("order-1"), "it is not pinned yet");
  t.Ack(AckBuilder(unpinned).PinnedVersion(Version(1, 2, 3)));

  t.Enqueue(ExternalItem("order-1", "paid"));
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(99)}), NoItem(),
           "it is pinned to 1.2.3");
  LockedItem pinned = t.FetchOrchestrationItem(Exactly(Version(1, 2, 3)));
  t.Expect(pinned, IsItemOf("order-1"));
  t.Expect(pinned.item().orchestration_name(), kOrchestration);
  t.Expect(pinned.item().version(), kOrchestrationVersion);
  t.Expect(pinned.item().history(), AreEvents("order-1", 1, {StartedEvent(1)}));
}

CONFORMANCE_CASE(
    capability_filtering, provider_updates_pinned_version_when_told,
    .upstream = "test_provider_updates_pinned_version_when_told",
    .clauses = {"ACK-6", "FETCH-7"},
    .proves =
        "A pinned version that an ack gives replaces the one before, a lower "
        "one too; other instances keep theirs.",
    .procedure =
        "Make two instances that are pinned to 1.0.0. Ack a turn of the first "
        "with 2.0.0 and enqueue a message for it: it is not fetched for 1.x, "
        "and it is for 2.x. Ack that turn with 1.5.0: the next message is "
        "fetched for exactly 1.5.0 and not for 2.x. The second instance is "
        "fetched for exactly 1.0.0.",
    .likely_causes = {
        "The provider keeps the first pinned version, or the highest.",
        "The update is keyed by execution id alone and reaches other "
        "instances."}) {
  CreatePinned(t, "order-1", Version(1, 0, 0));
  CreatePinned(t, "order-2", Version(1, 0, 0));
  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem turn = t.FetchOrchestrationItem({.filter = SupportsMajor(1)});
  t.Ack(AckBuilder(turn).PinnedVersion(Version(2, 0, 0)));

  t.Enqueue(ExternalItem("order-1", "paid"));
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(1)}), NoItem(),
           "it is pinned to 2.0.0 now");
  turn = t.FetchOrchestrationItem({.filter = SupportsMajor(2)});
  t.Expect(turn, IsItemOf("order-1"));
  t.Ack(AckBuilder(turn).PinnedVersion(Version(1, 5, 0)));

  t.Enqueue(ExternalItem("order-1", "shipped"));
  t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(2)}), NoItem(),
           "it is pinned to 1.5.0 now");
  t.Expect(t.FetchOrchestrationItem(Exactly(Version(1, 5, 0))),
           IsItemOf("order-1"));

  t.Enqueue(ExternalItem("order-2", "approved"));
  t.Expect(t.FetchOrchestrationItem(Exactly(Version(1, 0, 0))),
           IsItemOf("order-2"));
}

}  // namespace
}  // namespace duroxide::conformance
