// Attempts: what counts as one, and of which message one is taken back.

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/cases/session_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    poison_message, ignore_attempt_touches_the_batch_alone,
    .profile = Profile::kStrict, .clauses = {"ABANDON-1", "FETCH-6"},
    .proves =
        "ignore_attempt takes an attempt from the messages of the batch, and "
        "from no other message of the instance: neither from one that is "
        "hidden nor from one that arrived during the lock.",
    .procedure =
        "Fetch an event three times and abandon it, the last time with a "
        "delay: attempt 3. Fetch a second event, let a third arrive, and "
        "abandon with ignore_attempt. Fetch and abandon the two: attempt 1. "
        "When the delay is over fetch all: attempt 4, that of the first.",
    .likely_causes = {
        "The attempt is taken from every message of the instance.",
        "The attempt is taken from every message that is visible."}) {
  CreateInstance(t, "order-1");
  const v1::WorkItem first = ExternalItem("order-1", "first");
  const v1::WorkItem second = ExternalItem("order-1", "second");
  const v1::WorkItem third = ExternalItem("order-1", "third");
  t.Enqueue(first);
  t.Abandon(t.FetchOrchestrationItem());
  t.Abandon(t.FetchOrchestrationItem());
  const Interval hidden =
      t.Abandon(t.FetchOrchestrationItem(), {.delay = t.lock_timeout()});

  t.Enqueue(second);
  LockedItem ignored = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, ignored.item().messages(), AreMessages({second}));
  t.Enqueue(third);
  t.Abandon(ignored, {.ignore_attempt = true});
  LockedItem both = t.FetchOrchestrationItem();
  t.ExpectDuring(hidden, both.item().messages(), AreMessages({second, third}));
  t.Expect(both.attempt_count(), 1u, "the first of each that counts");
  t.Abandon(both);

  t.WaitUntilOver(hidden);
  LockedItem all = t.FetchOrchestrationItem();
  t.Expect(all.item().messages(), AreMessages({first, second, third}));
  t.Expect(all.attempt_count(), 4u, "nothing was taken from the first");
}

CONFORMANCE_CASE(
    poison_message, only_deliveries_are_counted, .profile = Profile::kStrict,
    .clauses = {"FETCH-6", "FETCH-7", "TAG-1", "SESS-1"},
    .proves =
        "A message is counted when it is given out and at no other time: not "
        "by fetches that pass it over for a filter, a tag, a session or a "
        "lock, not by renewals, and not by calls that fail.",
    .procedure =
        "Pass an instance over with a filter, three times, fetch it: attempt "
        "1. Renew it, ack and abandon it with an unknown token, fetch while it "
        "is locked; abandon it and fetch: attempt 2. Pass an activity with a "
        "tag and a session over without either, three times, then fetch it: "
        "attempt 1.",
    .likely_causes = {
        "Attempts are counted when a message is looked at.",
        "A renewal counts like a fetch.",
        "A call with a token that is lost counts for the item."}) {
  CreatePinned(t, "order-1", Version(2, 0, 0));
  t.Enqueue(ExternalItem("order-1", "approved"));
  for (int i = 0; i < 3; ++i) {
    t.Expect(t.TryFetchOrchestrationItem({.filter = SupportsMajor(1)}),
             NoItem());
  }
  LockedItem item =
      t.FetchOrchestrationItem({.lock_timeout = 60 * t.lock_timeout()});
  t.Expect(item.attempt_count(), 1u);
  t.Renew(item, 60 * t.lock_timeout());
  t.ExpectError(t.TryAck(AckBuilder(item).LockToken(kUnknownToken)),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAbandon(kUnknownToken), v1::ERROR_REASON_LOCK_LOST);
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "locked by ", item);
  t.Abandon(item);
  t.Expect(t.FetchOrchestrationItem().attempt_count(), 2u);

  t.EnqueueWork(ActivityItem(
      "order-1", 2, {.session_id = std::string(kSession), .tag = "gpu"}));
  const auto session = SessionsOf("worker-1", t.lock_timeout());
  for (int i = 0; i < 3; ++i) {
    t.Expect(t.TryFetchWorkItem({.session = session}), NoItem(), "no tag");
    t.Expect(t.TryFetchWorkItem({.tag_filter = Tags({"gpu"})}), NoItem(),
             "no session");
  }
  t.Expect(t.FetchWorkItem({.session = session, .tag_filter = Tags({"gpu"})})
               .attempt_count(),
           1u);
}

}  // namespace
}  // namespace duroxide::conformance
