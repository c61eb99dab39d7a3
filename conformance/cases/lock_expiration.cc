// How the lock on an instance ends: by itself, by an abandon, by an ack.

#include <vector>

#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::SizeIs;

CONFORMANCE_CASE(
    lock_expiration, lock_expires_after_timeout,
    .upstream = "test_lock_expires_after_timeout",
    .clauses = {"FETCH-1", "ACK-1", "ABANDON-1"},
    .proves =
        "A lock ends by itself after the time that the fetch asked for. Then "
        "another caller gets the instance, and the old token is worth nothing.",
    .procedure =
        "Fetch an instance; it cannot be fetched again. Wait until the lock "
        "has run out and fetch: the same message under a new token. Ack and "
        "abandon with the old token: LOCK_LOST. Ack with the new one: it is "
        "committed.",
    .likely_causes = {
        "The lock time of the request is not used, or is read in another unit.",
        "Locks have no end, or their end is not compared with the clock.",
        "The token is checked against the instance and not against its current "
        "lock."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", first);

  t.WaitUntilOver(first.held);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().messages(), AreMessages({StartItem("order-1")}));
  t.Expect(second.token(), Ne(first.token()));

  t.ExpectError(t.TryAck(FirstAck(first)), v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAbandon(first.token()), v1::ERROR_REASON_LOCK_LOST);
  t.Expect(t.ReadHistory("order-1"), IsEmpty());
  t.ExpectDuring(second.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", second);
  t.Ack(FirstAck(second));
}

CONFORMANCE_CASE(
    lock_expiration, abandon_releases_lock_immediately,
    .upstream = "test_abandon_releases_lock_immediately",
    .clauses = {"ABANDON-1"},
    .proves =
        "An abandoned instance can be fetched at once, with the same messages, "
        "long before its lock would have run out; the old token is lost.",
    .procedure =
        "Fetch an instance with a long lock; it cannot be fetched again. "
        "Abandon it and fetch: the same messages under a new token. Ack with "
        "the old token: LOCK_LOST.",
    .likely_causes = {
        "The abandon unlocks the instance but leaves its messages marked.",
        "The abandon hides the messages until the lock would have run out.",
        "The abandon deletes the messages."}) {
  t.EnqueueStart("order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  const std::vector<v1::WorkItem> messages = {
      StartItem("order-1"), ExternalItem("order-1", "approved")};
  LockedItem first =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  t.Expect(first.item().messages(), AreMessages(messages));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "locked by ", first);

  t.Abandon(first);
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().messages(), AreMessages(messages));
  t.Expect(second.token(), Ne(first.token()));
  t.ExpectError(t.TryAck(FirstAck(first)), v1::ERROR_REASON_LOCK_LOST);
}

CONFORMANCE_CASE(
    lock_expiration, lock_renewal_on_ack,
    .upstream = "test_lock_renewal_on_ack", .clauses = {"ACK-1", "FETCH-1"},
    .proves =
        "A successful ack frees the instance at once, long before its lock "
        "would have run out, and the token is lost with it.",
    .procedure =
        "Fetch an instance with a long lock. Enqueue another message: it "
        "cannot be fetched. Ack and fetch: the message, under a new token. "
        "Renew and abandon with the old token: LOCK_LOST.",
    .likely_causes = {
        "The ack leaves the lock to run out.",
        "The ack renews the lock for the next turn.",
        "The new message is marked as part of the locked batch."}) {
  t.EnqueueStart("order-1");
  LockedItem first =
      t.FetchOrchestrationItem({.lock_timeout = 10 * t.lock_timeout()});
  t.Enqueue(ExternalItem("order-1", "approved"));
  t.Expect(t.TryFetchOrchestrationItem(), NoItem(), "locked by ", first);

  t.Ack(FirstAck(first));
  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.Expect(second.item().messages(),
           AreMessages({ExternalItem("order-1", "approved")}));
  t.Expect(second.token(), Ne(first.token()));
  t.ExpectError(t.TryRenew(first.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST);
  t.ExpectError(t.TryAbandon(first.token()), v1::ERROR_REASON_LOCK_LOST);
  t.ExpectDuring(second.held, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", second);
}

CONFORMANCE_CASE(
    lock_expiration, concurrent_lock_attempts_respect_expiration,
    .upstream = "test_concurrent_lock_attempts_respect_expiration",
    .clauses = {"FETCH-1"},
    .proves =
        "However many callers ask at once, none gets the instance while its "
        "lock holds, and exactly one when it has run out.",
    .procedure =
        "Fetch an instance. Five threads fetch at once: none gets it. Wait "
        "until the lock has run out. Five threads fetch at once: one gets it.",
    .likely_causes = {
        "Whether the lock has run out is checked outside of the statement that "
        "takes it over.",
        "Fetches that collide over a lock that ran out all give up."}) {
  t.EnqueueStart("order-1");
  const LockedItem first = t.FetchOrchestrationItem();
  t.ExpectDuring(first.held, FetchAtOnce(t, 5), IsEmpty(),
                 "order-1 is locked by ", first);

  t.WaitUntilOver(first.held);
  const std::vector<LockedItem> next = FetchAtOnce(t, 5);
  t.Expect(next, SizeIs(1), "callers that hold order-1");
  t.Expect(next.front(), IsItemOf("order-1"));
}

CONFORMANCE_CASE(
    lock_expiration, orchestration_lock_renewal_after_expiration,
    .upstream = "test_orchestration_lock_renewal_after_expiration",
    .clauses = {"RENEW-1"},
    .proves =
        "A lock that has run out cannot be renewed, whether or not somebody "
        "else took the instance since. One that holds can, and then lasts "
        "longer.",
    .procedure =
        "Fetch an instance, renew it and wait until its first lock would have "
        "run out: it cannot be fetched. Wait until the renewed lock has run "
        "out and renew: LOCK_LOST. Fetch it anew: renewing the old lock is "
        "still LOCK_LOST, and the new one acks.",
    .likely_causes = {
        "The renewal asks whether the token is there and not until when it "
        "holds.",
        "The renewal counts from the old end of the lock instead of from now.",
        "The renewal is keyed by the instance."}) {
  t.EnqueueStart("order-1");
  LockedItem first = t.FetchOrchestrationItem();
  const Interval renewed = t.Renew(first, 2 * t.lock_timeout());
  t.WaitUntilOver(first.held);
  t.ExpectDuring(renewed, t.TryFetchOrchestrationItem(), NoItem(),
                 "order-1 is locked by ", first);

  t.WaitUntilOver(renewed);
  t.ExpectError(t.TryRenew(first.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "nobody took it since");

  LockedItem second = t.FetchOrchestrationItem();
  t.Expect(second, IsItemOf("order-1"));
  t.ExpectError(t.TryRenew(first.token(), t.lock_timeout()),
                v1::ERROR_REASON_LOCK_LOST, "taken by ", second);
  t.Ack(FirstAck(second));
}

}  // namespace
}  // namespace duroxide::conformance
