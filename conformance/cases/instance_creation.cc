// When an instance comes to be: with the first ack, and never before.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;

std::string ParentOf(Fixture& t, std::string_view instance) {
  v1::GetParentRequest request;
  request.set_instance(std::string(instance));
  return t.Do(&Provider::GetParent, request).parent_instance_id();
}

CONFORMANCE_CASE(
    instance_creation, instance_creation_via_metadata,
    .upstream = "test_instance_creation_via_metadata",
    .clauses = {"ACK-2", "FETCH-4"},
    .proves =
        "The first ack makes the instance's record from its metadata. Later "
        "fetches take name, version and execution from that record.",
    .procedure =
        "Enqueue a start and fetch it: name and version are the start's, the "
        "execution is 1, the history is empty. Ack the first event with "
        "another name and version in the metadata. Enqueue an external event "
        "and fetch it: name and version are the metadata's, and the history "
        "holds the event.",
    .likely_causes = {
        "The instance's record is written when the start is enqueued, so that "
        "the ack finds one and leaves it.",
        "The ack takes name and version from the start message or from the "
        "first event instead of from the metadata.",
        "The fetch takes name and version from a message or an event although "
        "there is a record."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1"));
  t.Expect(first.item().orchestration_name(), kOrchestration);
  t.Expect(first.item().version(), kOrchestrationVersion);
  t.Expect(first.item().execution_id(), 1u, "a new instance");
  t.Expect(first.item().history(), IsEmpty(), "a new instance");
  t.Expect(first.item().messages(), AreMessages({StartItem("order-1")}));

  t.Ack(AckBuilder(first)
            .Append(StartedEvent(1))
            .Name("ProcessBigOrder")
            .Version("2.0.0"));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().orchestration_name(), "ProcessBigOrder");
  t.Expect(second.item().version(), "2.0.0");
  t.Expect(second.item().execution_id(), 1u);
  t.Expect(second.item().history(), AreEvents("order-1", 1, {StartedEvent(1)}));
  t.Expect(second.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}),
           "the start is done with");
}

CONFORMANCE_CASE(
    instance_creation, no_instance_creation_on_enqueue,
    .upstream = "test_no_instance_creation_on_enqueue",
    .clauses = {"ENQ-1", "FETCH-5", "ACK-2"},
    .proves =
        "Neither enqueueing a message nor fetching a start makes an instance; "
        "only the ack does.",
    .procedure =
        "Enqueue an external event for an instance that was never started: a "
        "fetch gives nothing. Enqueue a start for another one and fetch it: "
        "its history is empty and, where the provider has ADMIN, it is no "
        "known instance. Ack it: it is.",
    .likely_causes = {
        "EnqueueOrchestratorItem inserts the instance's record.",
        "The fetch inserts the record to have a row that it can lock.",
        "The fetch gives out any instance that has messages, without asking "
        "whether it has a record, a history or a start."}) {
  const bool admin = t.Has(v1::CAPABILITY_ADMIN);

  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "order-1 has no start");

  t.EnqueueStart("order-2");
  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf("order-2"));
  t.Expect(t.ReadHistory("order-2"), IsEmpty());
  if (admin) {
    t.Expect(t.ListInstances(), IsEmpty(), "nothing is acked yet");
    t.ExpectError(t.TryGetInstanceInfo("order-1"),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND);
    t.ExpectError(t.TryGetInstanceInfo("order-2"),
                  v1::ERROR_REASON_INSTANCE_NOT_FOUND);
  }

  t.Ack(FirstAck(started));
  t.Expect(t.ReadHistory("order-2"),
           AreEvents("order-2", 1, {StartedEvent(1)}));
  if (admin) {
    t.Expect(t.ListInstances(), ::testing::ElementsAre("order-2"));
  }
}

CONFORMANCE_CASE(
    instance_creation, null_version_handling,
    .upstream = "test_null_version_handling", .clauses = {"FETCH-4", "ACK-2"},
    .proves =
        "A start without a version is fetched as version \"unknown\", and the "
        "first ack's metadata gives the instance its version.",
    .procedure =
        "Enqueue a start that names no version and fetch it: the version is "
        "\"unknown\", and the message still names none. Ack with version "
        "3.0.0. Enqueue an external event and fetch it: the version is 3.0.0.",
    .likely_causes = {
        "An absent version is stored as the empty text, or the other way "
        "round.",
        "The version column does not allow for an absent value.",
        "\"unknown\" is written into the record at the fetch and stays."}) {
  const v1::WorkItem start = StartItem("order-1", {.version = std::nullopt});
  t.Enqueue(start);
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1"));
  t.Expect(first.item().version(), "unknown");
  t.Expect(first.item().messages(), AreMessages({start}));

  t.Ack(AckBuilder(first)
            .Append(StartedEvent(1))
            .Name(kOrchestration)
            .Version("3.0.0"));

  t.Enqueue(ExternalItem("order-1", "approved"));
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().version(), "3.0.0");
}

CONFORMANCE_CASE(
    instance_creation, sub_orchestration_instance_creation,
    .upstream = "test_sub_orchestration_instance_creation",
    .clauses = {"ACK-1", "ACK-2", "ACK-5", "FETCH-4"},
    .proves =
        "A child is an instance like any other: its start comes out of the "
        "parent's ack, and its own first ack makes its record, with its "
        "parent.",
    .procedure =
        "Ack a parent's first turn with a start for a child. Fetch the child: "
        "name and version are its start's, and there is no history. Ack it "
        "with version 1.5.0 and its parent. Enqueue an external event for it "
        "and fetch it: the version is 1.5.0. Where the provider has ADMIN, the "
        "child's parent is known and the parent has none.",
    .likely_causes = {
        "The child's record is written when the parent's ack enqueues the "
        "start, with the start's version.",
        "The child's start is put into the parent's queue.",
        "The parent's id in the metadata is not stored."}) {
  const StartOptions child = {.orchestration = "PackParcel",
                              .version = "1.0.0",
                              .parent_instance = "order-1",
                              .parent_id = 2};
  t.EnqueueStart("order-1");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(ChildScheduledEvent(2, "order-1::parcel"))
            .Orchestrator(StartItem("order-1::parcel", child)));

  t.Expect(t.ReadHistory("order-1::parcel"), IsEmpty());
  LockedItem first = t.FetchOrchestrationItem();
  t.Expect(first, IsItemOf("order-1::parcel"));
  t.Expect(first.item().orchestration_name(), "PackParcel");
  t.Expect(first.item().version(), "1.0.0");
  t.Expect(first.item().execution_id(), 1u);
  t.Expect(first.item().history(), IsEmpty());
  t.Expect(first.item().messages(),
           AreMessages({StartItem("order-1::parcel", child)}));

  t.Ack(AckBuilder(first)
            .Append(StartedEvent(1, child))
            .Name("PackParcel")
            .Version("1.5.0")
            .Parent("order-1"));

  t.Enqueue(ExternalItem("order-1::parcel", "weighed"));
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1::parcel"));
  t.Expect(second.item().orchestration_name(), "PackParcel");
  t.Expect(second.item().version(), "1.5.0");
  t.Expect(second.item().history(),
           AreEvents("order-1::parcel", 1, {StartedEvent(1, child)}));
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    t.Expect(ParentOf(t, "order-1::parcel"), "order-1");
    t.Expect(ParentOf(t, "order-1"), "", "order-1 is a root");
  }
}

}  // namespace
}  // namespace duroxide::conformance
