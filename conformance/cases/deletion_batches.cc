// Deleting several instances at once: all or nothing, and counted right.

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;

CONFORMANCE_CASE(
    deletion, a_batch_with_one_running_deletes_nothing,
    .profile = Profile::kStrict, .clauses = {"DEL-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion of many instances that one of them forbids leaves all of "
        "them whole: records, histories, keys, and messages of both queues; "
        "wherever in the list that one stands.",
    .procedure =
        "Make five instances with a key, a message and an activity each; one "
        "runs, the others have ended. Name all, with the running one first, in "
        "the middle and last: INSTANCE_RUNNING, and all are as before. "
        "With force: all are deleted, and counted.",
    .likely_causes = {
        "Instances are checked and deleted one by one.",
        "The deletion goes in several transactions, by table or by portion."}) {
  constexpr size_t kCount = 5;
  InstanceIds ids;
  for (size_t i = 0; i < kCount; ++i) {
    ids.push_back(absl::StrCat("order-", i));
    t.EnqueueStart(ids.back());
    AckBuilder ack = FirstAck(t.FetchOrchestrationItem());
    ack.Append(KeyValueSetEvent(2, "color", "red"))
        .Worker(ActivityItem(ids.back(), 2));
    if (i > 0) ack.Status(v1::ORCHESTRATION_STATUS_COMPLETED);
    t.Ack(ack);
  }
  for (size_t i = 1; i < kCount; ++i) t.Enqueue(ExternalItem(ids[i], "late"));
  const auto all_traces = [&] {
    std::vector<Traces> traces;
    for (size_t i = 0; i < kCount; ++i) {
      traces.push_back(TracesOf(t, absl::StrCat("order-", i)));
    }
    return traces;
  };
  const std::vector<Traces> before = all_traces();

  for (const size_t place : {size_t{0}, kCount / 2, kCount - 1}) {
    InstanceIds named = ids;
    std::rotate(named.begin(), named.begin() + 1,
                named.begin() + static_cast<std::ptrdiff_t>(place) + 1);
    t.Expect(named[place], ids[0]);
    t.ExpectError(TryDeleteNamed(t, named), v1::ERROR_REASON_INSTANCE_RUNNING,
                  "the running one is number ", place + 1);
    t.Expect(all_traces(), before);
    t.Expect(t.GetQueueDepths(), IsMessage(Depths(kCount - 1, kCount)));
  }

  t.Expect(DeleteNamed(t, ids, true),
           IsMessage(Deleted({.instances = kCount,
                              .executions = kCount,
                              .events = 2 * kCount,
                              .messages = 2 * kCount - 1})));
  t.Expect(t.ListInstances(), IsEmpty());
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
}

CONFORMANCE_CASE(
    deletion, a_batch_counts_what_was_there, .profile = Profile::kStrict,
    .clauses = {"DEL-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Ids that are unknown, deleted before, or named twice are no error and "
        "count for nothing; no ids delete nothing.",
    .procedure =
        "Make three instances. Delete an empty list: all zeros. Delete two "
        "unknown ones: all zeros. Delete the first, named three times, with "
        "unknown ones around it: one instance. Delete it again together with "
        "the second: one instance. The third is unchanged.",
    .likely_causes = {
        "The ids of the request are counted instead of the rows deleted.",
        "An id that is named twice counts twice.",
        "An unknown id fails the batch.", "An empty list means all."}) {
  for (const char* id : {"order-1", "order-2", "order-3"}) MakeInstance(t, id);
  const Traces before = TracesOf(t, "order-3");
  const auto nothing = IsMessage(Deleted({}));
  const auto one =
      IsMessage(Deleted({.instances = 1, .executions = 1, .events = 1}));

  t.Expect(DeleteNamed(t, {}), nothing, "no ids");
  t.Expect(DeleteNamed(t, {}, true), nothing, "no ids, forced");
  t.Expect(DeleteNamed(t, {"unknown-1", "unknown-2"}), nothing, "unknown ids");
  t.Expect(DeleteNamed(t, {"unknown-1", "order-1", "order-1", "unknown-2",
                           "order-1", "unknown-1"}),
           one, "order-1 three times");
  ExpectGone(t, "order-1");
  t.Expect(DeleteNamed(t, {"order-1", "order-2"}), one, "order-1 is gone");
  ExpectGone(t, "order-2");
  t.Expect(TracesOf(t, "order-3"), before);
}

CONFORMANCE_CASE(
    deletion, a_leaf_can_be_deleted_by_name, .profile = Profile::kStrict,
    .clauses = {"DEL-1", "ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Exactly the instances named are deleted: a child without children of "
        "its own can be, and its parent and siblings stay; the tree is smaller "
        "then.",
    .procedure =
        "Make a root with two children, one of which has a child. Name the "
        "grandchild: it is gone. Name its parent, a leaf now, and then the "
        "other child together with the root: all are gone.",
    .likely_causes = {
        "A child is refused, as by DeleteInstance.",
        "The parents are deleted with their child, or the siblings."}) {
  MakeInstance(t, "root");
  MakeInstance(t, "a", {.parent = "root"});
  MakeInstance(t, "b", {.parent = "root"});
  MakeInstance(t, "b-1", {.parent = "b"});
  const Traces root = TracesOf(t, "root");
  const auto one =
      IsMessage(Deleted({.instances = 1, .executions = 1, .events = 1}));

  t.Expect(DeleteNamed(t, {"b-1"}), one);
  t.Expect(TreeOf(t, "root"),
           ::testing::UnorderedElementsAre("root", "a", "b"));
  t.Expect(DeleteNamed(t, {"b"}), one);
  t.Expect(ChildrenOf(t, "root"), ::testing::ElementsAre("a"));
  t.Expect(TracesOf(t, "root"), root);
  t.Expect(DeleteNamed(t, {"a", "root"}).instances_deleted(), 2u);
  t.Expect(t.ListInstances(), IsEmpty());
}

CONFORMANCE_CASE(
    deletion, a_tree_with_one_running_deletes_nothing,
    .profile = Profile::kStrict, .clauses = {"DEL-2"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A tree is deleted together or not at all: where a descendant runs, "
        "however deep, the call is INSTANCE_RUNNING and changes nothing; with "
        "force all are gone, the messages and keys of descendants too.",
    .procedure =
        "Make a chain of four instances of which only the last runs, and lock "
        "it; it has a key, a message and an activity. Delete the root: "
        "INSTANCE_RUNNING, all are as before. With force: four instances, two "
        "messages. The lock of the last is worth nothing.",
    .likely_causes = {"Only the root's state is looked at.",
                      "Descendants are deleted before the root is refused.",
                      "The queues and keys of descendants are forgotten."}) {
  const std::string chain[] = {"root", "a", "a-1", "a-1-x"};
  MakeInstance(t, chain[0]);
  MakeInstance(t, chain[1], {.parent = chain[0]});
  MakeInstance(t, chain[2], {.parent = chain[1]});
  RunningInstance last(t, chain[3], chain[2]);
  last.Turn({Set("color", "red")});
  t.EnqueueWork(ActivityItem(chain[3], 3));
  t.Enqueue(ExternalItem(chain[3], "approved"));
  const LockedItem held =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  std::vector<Traces> before;
  for (const std::string& id : chain) before.push_back(TracesOf(t, id));

  t.ExpectError(TryDelete(t, "root"), v1::ERROR_REASON_INSTANCE_RUNNING);
  for (size_t i = 0; i < before.size(); ++i) {
    t.Expect(TracesOf(t, chain[i]), before[i], chain[i]);
  }
  t.ExpectDuring(held.held, t.GetQueueDepths(), IsMessage(Depths(0, 1)));
  t.Renew(held, 10 * t.lock_timeout());

  t.Expect(Delete(t, "root", true),
           IsMessage(Deleted(
               {.instances = 4, .executions = 4, .events = 5, .messages = 2})));
  for (const std::string& id : chain) ExpectGone(t, id);
  t.ExpectError(t.TryAck(AckBuilder(held)), v1::ERROR_REASON_LOCK_LOST);
  t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)));
}

CONFORMANCE_CASE(
    deletion, one_of_many_deletions_counts, .profile = Profile::kStrict,
    .clauses = {"DEL-1", "DEL-2", "ACK-8"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Where several callers delete an instance at the same moment, and "
        "others commit a turn of it, exactly one deletion counts it, and "
        "nothing is left of instance or turn, whoever was first.",
    .procedure =
        "Eight times: make an instance and fetch a turn. At once, three "
        "threads delete it by name, three as a root, and two ack the turn with "
        "an activity and a message for itself. One of the deletions counts one "
        "instance, the others none. The instance is gone, the queues are "
        "empty.",
    .likely_causes = {
        "The deletion looks and deletes in two steps that an ack comes "
        "between.",
        "Two deletions count the same rows.",
        "An ack that waited for the deletion makes the instance again.",
        "A collision is answered with an error that is not documented."}) {
  for (int round = 1; round <= 8; ++round) {
    CreateInstance(t, "order-1");
    t.Enqueue(ExternalItem("order-1", "approved"));
    const LockedItem turn =
        t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
    std::atomic<uint64_t> counted = 0;
    t.Concurrently(8, [&](int caller) {
      if (caller < 3) {
        counted += DeleteNamed(t, {"order-1"}, true).instances_deleted();
      } else if (caller < 6) {
        const auto deleted = TryDelete(t, "order-1", true);
        if (deleted.ok()) {
          counted += deleted->instances_deleted();
        } else {
          t.ExpectError(deleted, v1::ERROR_REASON_INSTANCE_NOT_FOUND);
        }
      } else {
        const absl::Status acked =
            t.TryAck(AckBuilder(turn)
                         .Append(ActivityScheduledEvent(2))
                         .Worker(ActivityItem("order-1", 2))
                         .Orchestrator(ExternalItem("order-1", "next")));
        if (!acked.ok()) t.ExpectError(acked, v1::ERROR_REASON_LOCK_LOST);
      }
    });
    t.Expect(counted.load(), 1u, "instances deleted in round ", round);
    ExpectGone(t, "order-1");
    t.Expect(t.GetQueueDepths(), IsMessage(Depths(0, 0)), "round ", round);
  }
}

}  // namespace
}  // namespace duroxide::conformance
