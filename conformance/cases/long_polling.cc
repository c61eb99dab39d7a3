// How long a fetch waits that finds nothing.

#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/cases/waiting_fetch.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    long_polling, short_poll_returns_immediately,
    .upstream = "test_short_poll_returns_immediately",
    .clauses = {"WIRE-5", "WIRE-3", "WIRE-10"},
    .absent = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A provider without long polling answers a fetch of instances at once, "
        "whatever its poll_timeout: with nothing where nothing is there, and "
        "with what is there.",
    .procedure =
        "Fetch an instance with a poll_timeout of ten seconds from an empty "
        "queue: nothing, at once. Enqueue a start and fetch in the same way: "
        "it comes.",
    .likely_causes = {
        "The provider waits and does not declare LONG_POLLING.",
        "A poll_timeout is refused instead of being left alone."}) {
  const FetchOptions fetch = {.wait = {.poll_timeout = absl::Seconds(10)}};
  const Moment sent = Now();
  t.Expect(t.TryFetchOrchestrationItem(fetch), NoItem(), "an empty queue");
  ExpectNoLongerWait(t, sent, absl::ZeroDuration());

  t.EnqueueStart("order-1");
  t.Expect(t.FetchOrchestrationItem(fetch), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    long_polling, short_poll_work_item_returns_immediately,
    .upstream = "test_short_poll_work_item_returns_immediately",
    .clauses = {"WIRE-5", "WIRE-3", "WIRE-10"},
    .absent = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A provider without long polling answers a fetch of activities at "
        "once, whatever its poll_timeout: with nothing where nothing is there, "
        "and with what is there.",
    .procedure =
        "Fetch an activity with a poll_timeout of ten seconds from an empty "
        "queue: nothing, at once. Enqueue one and fetch in the same way: it "
        "comes.",
    .likely_causes = {
        "The provider waits and does not declare LONG_POLLING.",
        "A poll_timeout is refused instead of being left alone."}) {
  const WorkFetchOptions fetch = {.wait = {.poll_timeout = absl::Seconds(10)}};
  const Moment sent = Now();
  t.Expect(t.TryFetchWorkItem(fetch), NoItem(), "an empty queue");
  ExpectNoLongerWait(t, sent, absl::ZeroDuration());

  t.EnqueueWork(SomeActivity());
  t.Expect(t.FetchWorkItem(fetch).item(), IsMessage(SomeActivity()));
}

CONFORMANCE_CASE(
    long_polling, long_poll_waits_for_timeout,
    .upstream = "test_long_poll_waits_for_timeout",
    .clauses = {"WIRE-5", "WIRE-3"}, .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch of instances that finds nothing waits for the whole of its "
        "poll_timeout and then says OK with nothing. Where something is there "
        "it does not wait.",
    .procedure =
        "Fetch an instance with a poll_timeout of half a lock time from an "
        "empty queue: nothing, and not before that time is over. Do the same "
        "while the only instance is locked. Enqueue a start and fetch with a "
        "long poll_timeout: it comes at once.",
    .likely_causes = {
        "The poll_timeout is not used, or is read in another unit.",
        "The wait ends with the first look that finds nothing.",
        "A queue whose messages are all locked ends the wait."}) {
  const absl::Duration wait = ShortWait(t);
  const auto wait_in_vain = [&] {
    const Moment sent = Now();
    t.Expect(t.TryFetchOrchestrationItem({.wait = {.poll_timeout = wait}}),
             NoItem());
    ExpectFullWait(t, sent, wait);
  };
  wait_in_vain();
  t.EnqueueStart("order-1");
  t.FetchOrchestrationItem({.lock_timeout = 20 * t.lock_timeout()});
  wait_in_vain();

  t.EnqueueStart("order-2");
  const Moment sent = Now();
  t.Expect(t.FetchOrchestrationItem({.wait = {.poll_timeout = LongWait(t)}}),
           IsItemOf("order-2"));
  ExpectNoLongerWait(t, sent, absl::ZeroDuration());
}

CONFORMANCE_CASE(
    long_polling, long_poll_work_item_waits_for_timeout,
    .upstream = "test_long_poll_work_item_waits_for_timeout",
    .clauses = {"WIRE-5", "WIRE-3"}, .needs = {v1::CAPABILITY_LONG_POLLING},
    .proves =
        "A fetch of activities that finds nothing waits for the whole of its "
        "poll_timeout and then says OK with nothing. Where something is there "
        "it does not wait.",
    .procedure =
        "Fetch an activity with a poll_timeout of half a lock time from an "
        "empty queue: nothing, and not before that time is over. Do the same "
        "while the only activity is locked. Enqueue another and fetch with a "
        "long poll_timeout: it comes at once.",
    .likely_causes = {
        "The poll_timeout is used for instances only, or read in another unit.",
        "The wait ends with the first look that finds nothing.",
        "A queue whose activities are all locked ends the wait."}) {
  const absl::Duration wait = ShortWait(t);
  const auto wait_in_vain = [&] {
    const Moment sent = Now();
    t.Expect(t.TryFetchWorkItem({.wait = {.poll_timeout = wait}}), NoItem());
    ExpectFullWait(t, sent, wait);
  };
  wait_in_vain();
  t.EnqueueWork(SomeActivity());
  t.FetchWorkItem({.lock_timeout = 20 * t.lock_timeout()});
  wait_in_vain();

  t.EnqueueWork(ActivityItem("order-1", 3));
  const Moment sent = Now();
  t.Expect(t.FetchWorkItem({.wait = {.poll_timeout = LongWait(t)}}).item(),
           IsMessage(ActivityItem("order-1", 3)));
  ExpectNoLongerWait(t, sent, absl::ZeroDuration());
}

CONFORMANCE_CASE(
    long_polling, fetch_respects_timeout_upper_bound,
    .upstream = "test_fetch_respects_timeout_upper_bound",
    .clauses = {"WIRE-5", "WIRE-3"},
    .proves =
        "No fetch waits much longer than its poll_timeout, and one without it "
        "does not wait at all: of instances and of activities, be the queue "
        "empty or all of it locked.",
    .procedure =
        "Fetch an instance and an activity, without a poll_timeout and with "
        "one of half a lock time, from empty queues: nothing, no later than a "
        "call may take. Put one of each into the queues, lock it for long, and "
        "do the same.",
    .likely_causes = {
        "Without a poll_timeout the provider takes one of its own.",
        "The poll_timeout is read in another unit.",
        "A fetch waits for the lock that is in its way to run out."}) {
  const auto fetch_in_vain = [&] {
    for (const absl::Duration wait : {absl::ZeroDuration(), ShortWait(t)}) {
      Moment sent = Now();
      t.Expect(t.TryFetchOrchestrationItem({.wait = {.poll_timeout = wait}}),
               NoItem());
      ExpectNoLongerWait(t, sent, wait);
      sent = Now();
      t.Expect(t.TryFetchWorkItem({.wait = {.poll_timeout = wait}}), NoItem());
      ExpectNoLongerWait(t, sent, wait);
    }
  };
  fetch_in_vain();
  t.EnqueueStart("order-1");
  t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.EnqueueWork(SomeActivity());
  t.FetchWorkItem({.lock_timeout = 60 * t.lock_timeout()});
  fetch_in_vain();
}

}  // namespace
}  // namespace duroxide::conformance
