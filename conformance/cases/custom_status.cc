// The text that an instance shows to the outside, and its version.

#include <optional>
#include <string>
#include <string_view>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

// Events of a turn; see RunningInstance.
v1::Event Show(std::string_view status) { return CustomStatusEvent(0, status); }
v1::Event ShowNothing() { return CustomStatusClearedEvent(0); }

v1::GetCustomStatusResponse StatusSince(Fixture& t, std::string_view instance,
                                        uint64_t last_seen_version) {
  v1::GetCustomStatusRequest request;
  request.set_instance(std::string(instance));
  request.set_last_seen_version(last_seen_version);
  return t.Do(&Provider::GetCustomStatus, request);
}

v1::GetCustomStatusResponse NoChange() { return {}; }

// With no `status`, it was cleared.
v1::GetCustomStatusResponse Changed(uint64_t version,
                                    const std::optional<std::string>& status) {
  v1::GetCustomStatusResponse response;
  response.mutable_change()->set_version(version);
  if (status) response.mutable_change()->set_custom_status(*status);
  return response;
}

CONFORMANCE_CASE(
    custom_status, custom_status_set, .upstream = "test_custom_status_set",
    .clauses = {"ACK-7", "WIRE-9"},
    .proves =
        "The last CustomStatusUpdated of an ack sets the instance's custom "
        "status, whatever text it is, the empty one too. Other instances keep "
        "theirs, and an ack that fails sets nothing.",
    .procedure =
        "Make two instances. Ack a turn of the first that sets a status: it is "
        "there with version 1, and the second instance has none. Ack a turn "
        "that sets two: the last one, with version 2. Set the empty one and "
        "one with quotes and other scripts: each is there. Fail to ack a turn "
        "that sets a status, for a taken event id: nothing has changed.",
    .likely_causes = {
        "The first status event of a delta counts.",
        "The version rises with every event instead of with every ack.",
        "The empty text is stored as an absent one.",
        "The status is written before the events, and not taken back."}) {
  RunningInstance order(t, "order-1");
  RunningInstance other(t, "order-2");
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(NoChange()));

  order.Turn({Show("packing")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(1, "packing")));
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(NoChange()));

  order.Turn({Show("sealing"), TimerCreatedEvent(0, 1), Show("shipping")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(2, "shipping")));
  order.Turn({Show("")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(3, "")));
  const std::string odd = " \"50 %\"\nпосылка\t小包 ";
  order.Turn({Show(odd)});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(4, odd)));

  t.Enqueue(ExternalItem("order-1", "approved"));
  t.ExpectError(t.TryAck(AckBuilder(t.FetchOrchestrationItem())
                             .Append(CustomStatusEvent(99, "lost"))
                             .Append(TimerCreatedEvent(1, 1))),
                v1::ERROR_REASON_DUPLICATE_EVENT);
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(4, odd)));
}

CONFORMANCE_CASE(
    custom_status, custom_status_clear, .upstream = "test_custom_status_clear",
    .clauses = {"ACK-7", "WIRE-9"},
    .proves =
        "A CustomStatusUpdated without a text clears the status, which is "
        "absent then and not empty, and raises the version.",
    .procedure =
        "Set a status: version 1. Clear it: there is a change to no status, "
        "with version 2, for callers that have seen 0 and 1. Set and clear in "
        "one turn: no status, version 3. Clear and set in one turn: the "
        "status, version 4.",
    .likely_causes = {"A cleared status is given back as the empty text.",
                      "Clearing removes the row, and with it the version.",
                      "An event without a text is taken for no event."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Show("packing")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(1, "packing")));

  order.Turn({ShowNothing()});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(2, std::nullopt)));
  t.Expect(StatusSince(t, "order-1", 1), IsMessage(Changed(2, std::nullopt)));

  order.Turn({Show("packing"), ShowNothing()});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(3, std::nullopt)));
  order.Turn({ShowNothing(), Show("shipping")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(4, "shipping")));
}

CONFORMANCE_CASE(
    custom_status, custom_status_none_preserves,
    .upstream = "test_custom_status_none_preserves", .clauses = {"ACK-7"},
    .proves =
        "Turns without a CustomStatusUpdated leave status and version as they "
        "are, whatever else they do, and so does a continue-as-new.",
    .procedure =
        "Set a status. Take a turn with no events, one with a key-value and an "
        "activity, and continue as new: after each the status is the same, "
        "with version 1. Set another one in the new execution: version 2. "
        "Complete the instance: it is still there.",
    .likely_causes = {"Every ack writes the status, absent or not.",
                      "The status is kept with the execution.",
                      "A new execution starts again with version 0."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Show("packing")});
  const auto expect_unchanged = [&](std::string_view after) {
    t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(1, "packing")),
             "after ", after);
    t.Expect(StatusSince(t, "order-1", 1), IsMessage(NoChange()), "after ",
             after);
  };
  expect_unchanged("the turn that set it");
  order.Turn();
  expect_unchanged("a turn with no events");
  order.Turn(
      {KeyValueSetEvent(0, "status", "lost"), ActivityScheduledEvent(0)});
  expect_unchanged("a turn with other events");
  order.ContinueAsNew();
  expect_unchanged("a continue-as-new");

  order.Turn({Show("shipping")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(2, "shipping")));
  order.Complete();
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(2, "shipping")));
}

CONFORMANCE_CASE(
    custom_status, custom_status_version_increments,
    .upstream = "test_custom_status_version_increments", .clauses = {"ACK-7"},
    .proves =
        "Each ack that sets or clears the status raises the version by exactly "
        "one: also where the text stays the same, where there was nothing to "
        "clear, and where the ack has several such events.",
    .procedure =
        "Take turns that set a status, set the same one, clear it, clear it "
        "again, set three at once, and continue as new with one: the versions "
        "are 1 to 6. A second instance then begins with 1.",
    .likely_causes = {"The version rises only where the text changes.",
                      "The version rises by the number of events.",
                      "The version is a counter of the store or a time."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Show("packing")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(1, "packing")));
  order.Turn({Show("packing")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(2, "packing")));
  order.Turn({ShowNothing()});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(3, std::nullopt)));
  order.Turn({ShowNothing()});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(4, std::nullopt)));
  order.Turn({Show("a"), Show("b"), Show("c")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(5, "c")));
  order.ContinueAsNew({Show("again")});
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(6, "again")));

  RunningInstance other(t, "order-2");
  other.Turn({Show("packing")});
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(Changed(1, "packing")));
}

CONFORMANCE_CASE(
    custom_status, custom_status_polling_no_change,
    .upstream = "test_custom_status_polling_no_change", .clauses = {"ACK-7"},
    .proves =
        "A caller is told of a status only where its version is higher than "
        "the one that it has seen, and then of the newest one alone.",
    .procedure =
        "Set three statuses in three turns. A caller that has seen version 0, "
        "1 or 2 gets the third; one that has seen 3 or 4 gets no change, as "
        "often as it asks. After one more turn the caller with 3 gets the "
        "fourth.",
    .likely_causes = {"The version that the caller has seen is not looked at.",
                      "Versions are compared with >= instead of >.",
                      "Reading the status marks it as seen."}) {
  RunningInstance order(t, "order-1");
  for (const char* status : {"packing", "sealing", "shipping"}) {
    order.Turn({Show(status)});
  }
  for (int read = 1; read <= 2; ++read) {
    for (uint64_t seen = 0; seen <= 2; ++seen) {
      t.Expect(StatusSince(t, "order-1", seen),
               IsMessage(Changed(3, "shipping")), "seen ", seen, ", read ",
               read);
    }
    for (uint64_t seen = 3; seen <= 4; ++seen) {
      t.Expect(StatusSince(t, "order-1", seen), IsMessage(NoChange()), "seen ",
               seen, ", read ", read);
    }
  }
  order.Turn({Show("done")});
  t.Expect(StatusSince(t, "order-1", 3), IsMessage(Changed(4, "done")));
}

CONFORMANCE_CASE(
    custom_status, custom_status_nonexistent_instance,
    .upstream = "test_custom_status_nonexistent_instance", .clauses = {"ACK-7"},
    .proves =
        "Asking for the status of an instance that does not exist is no error "
        "and no change, also where it only has messages; and asking makes no "
        "instance.",
    .procedure =
        "Make an instance with a status. Ask for that of an unknown one and of "
        "one that was enqueued but not acked: no change. Fetch the second: it "
        "is new, with an empty history.",
    .likely_causes = {
        "An unknown instance is answered with NOT_FOUND.",
        "An unknown instance is answered with version 0 and no status.",
        "The read looks the status up without the instance."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Show("packing")});
  t.EnqueueStart("order-2");
  t.Expect(StatusSince(t, "order-9", 0), IsMessage(NoChange()));
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(NoChange()));

  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf("order-2"));
  t.Expect(started.item().history(), ::testing::IsEmpty());
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(Changed(1, "packing")));
}

CONFORMANCE_CASE(
    custom_status, custom_status_default_on_new_instance,
    .upstream = "test_custom_status_default_on_new_instance",
    .clauses = {"ACK-7"},
    .proves =
        "A new instance has no status and version 0, so that the first status "
        "is version 1, also where the first turn of all sets it.",
    .procedure =
        "Make an instance: a caller that has seen version 0 gets no change. "
        "Take a turn without a status: still none. Make another instance whose "
        "first ack sets a status: version 1. Where the provider has ADMIN, "
        "delete that one and make it again: it has none.",
    .likely_causes = {
        "The record of an instance begins with version 1.",
        "The status of the first ack is lost because the record is made after "
        "it.",
        "A deleted instance leaves its status behind."}) {
  RunningInstance order(t, "order-1");
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(NoChange()));
  order.Turn();
  t.Expect(StatusSince(t, "order-1", 0), IsMessage(NoChange()));

  t.EnqueueStart("order-2");
  t.Ack(FirstAck(t.FetchOrchestrationItem())
            .Append(CustomStatusEvent(2, "packing")));
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(Changed(1, "packing")));

  if (!t.Has(v1::CAPABILITY_ADMIN)) return;
  Delete(t, "order-2", /*force=*/true);
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(NoChange()));
  RunningInstance again(t, "order-2");
  t.Expect(StatusSince(t, "order-2", 0), IsMessage(NoChange()));
}

}  // namespace
}  // namespace duroxide::conformance
