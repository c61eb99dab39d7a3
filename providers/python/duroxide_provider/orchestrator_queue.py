"""The orchestrator queue and the locks on instances.

ENQ-1, FETCH-1, FETCH-2, FETCH-3, FETCH-5, FETCH-6, FETCH-7, ABANDON-1, RENEW-1.

A lock is on an instance. The messages that were visible when it was taken carry its token: they
are its batch (FETCH-2).
"""

import sqlite3
from collections.abc import Iterable

from duroxide.provider.v1.orchestration_pb2 import SemanticVersionRange
from duroxide.provider.v1.provider_service_pb2 import (
    AbandonOrchestrationItemRequest,
    AbandonOrchestrationItemResponse,
    EnqueueOrchestratorItemRequest,
    EnqueueOrchestratorItemResponse,
    RenewOrchestrationItemLockRequest,
    RenewOrchestrationItemLockResponse,
)
from duroxide.provider.v1.work_item_pb2 import WorkItem

from . import moments
from .errors import lock_lost
from .store.sqlite import Transaction

# The oldest visible message whose instance may be given out, or may be all of
# queue messages that nobody asked for. `known` tells one from the other.
NEXT = """
SELECT q.instance,
  i.instance IS NOT NULL
    OR EXISTS (SELECT 1 FROM events v WHERE v.store = q.store AND v.instance = q.instance)
    OR EXISTS (SELECT 1 FROM orchestrator_queue s
               WHERE s.store = q.store AND s.instance = q.instance AND s.visible_at <= :now
                 AND s.kind IN ('start_orchestration', 'continue_as_new')) AS known
FROM orchestrator_queue q
LEFT JOIN instances i ON i.store = q.store AND i.instance = q.instance
LEFT JOIN executions e
  ON e.store = q.store AND e.instance = q.instance AND e.execution = i.execution
WHERE q.store = :store AND q.visible_at <= :now
  AND NOT EXISTS (SELECT 1 FROM instance_locks l
                  WHERE l.store = q.store AND l.instance = q.instance AND l.ends_at > :now)
  AND (:any_version OR e.pinned_major IS NULL
       OR (e.pinned_major, e.pinned_minor, e.pinned_patch)
          BETWEEN (:min_major, :min_minor, :min_patch) AND (:max_major, :max_minor, :max_patch))
  AND (known
       OR NOT EXISTS (SELECT 1 FROM orchestrator_queue o
                      WHERE o.store = q.store AND o.instance = q.instance
                        AND o.visible_at <= :now AND o.kind <> 'queue_message'))
ORDER BY q.visible_at, q.seq LIMIT 1
"""


def put(tx: Transaction, item: WorkItem, visible_at: int) -> None:
    """Puts a message into the queue of its instance; more it does not do (ENQ-1)."""
    kind = item.WhichOneof("kind")
    assert kind is not None
    content = getattr(item, kind)
    of_child = kind in ("sub_orchestration_completed", "sub_orchestration_failed")
    tx.change(
        "INSERT INTO orchestrator_queue (store, instance, kind, item, visible_at)"
        " VALUES (:store, :instance, :kind, :item, :visible_at)",
        instance=content.parent_instance if of_child else content.instance,
        kind=kind,
        item=item.SerializeToString(),
        visible_at=visible_at,
    )


def next_instance(tx: Transaction, versions: SemanticVersionRange | None) -> str | None:
    """The instance that has waited longest of those that may be given out now (FETCH-3).

    Deletes queue messages for instances that never started, where they stand before it (FETCH-5).
    """
    low, high = (versions.min, versions.max) if versions else (None, None)
    bounds = {
        f"{bound}_{part}": getattr(version, part, 0)
        for bound, version in (("min", low), ("max", high))
        for part in ("major", "minor", "patch")
    }
    while row := tx.row(NEXT, any_version=versions is None, **bounds):
        instance: str = row["instance"]
        if row["known"]:
            return instance
        tx.change(
            "DELETE FROM orchestrator_queue"
            " WHERE store = :store AND instance = :instance AND visible_at <= :now",
            instance=instance,
        )
    return None


def visible(tx: Transaction, instance: str) -> list[sqlite3.Row]:
    """The messages that a lock taken now covers, in the order of enqueueing (FETCH-2)."""
    return tx.rows(
        "SELECT seq, kind, item, attempts FROM orchestrator_queue"
        " WHERE store = :store AND instance = :instance AND visible_at <= :now ORDER BY seq",
        instance=instance,
    )


def lock(
    tx: Transaction, instance: str, batch: Iterable[sqlite3.Row], token: str, ends_at: int
) -> None:
    """Takes the lock on an instance for a batch, and counts the attempt (FETCH-1, FETCH-6)."""
    tx.change(
        "INSERT INTO instance_locks (store, instance, token, ends_at)"
        " VALUES (:store, :instance, :token, :ends_at) ON CONFLICT (store, instance)"
        " DO UPDATE SET token = excluded.token, ends_at = excluded.ends_at",
        instance=instance,
        token=token,
        ends_at=ends_at,
    )
    for message in batch:
        tx.change(
            "UPDATE orchestrator_queue SET lock_token = :token, attempts = attempts + 1"
            " WHERE seq = :seq",
            token=token,
            seq=message["seq"],
        )


def locked_instance(tx: Transaction, token: str) -> str:
    """The instance that a live lock holds; LOCK_LOST where there is none.

    Looks at the clock anew: a lock has to be live when the change takes effect (ACK-1).
    """
    instance: str | None = tx.value(
        "SELECT instance FROM instance_locks"
        " WHERE store = :store AND token = :token AND ends_at > :at",
        token=token,
        at=moments.now(),
    )
    if instance is None:
        lock_lost(token)
    return instance


def release(tx: Transaction, token: str) -> None:
    """Ends a lock; its batch is what it was before."""
    tx.change("DELETE FROM instance_locks WHERE store = :store AND token = :token", token=token)


def finish(tx: Transaction, instance: str, token: str) -> None:
    """Deletes the batch, and only that, and releases the lock (ACK-1)."""
    tx.change(
        "DELETE FROM orchestrator_queue"
        " WHERE store = :store AND instance = :instance AND lock_token = :token",
        instance=instance,
        token=token,
    )
    release(tx, token)


def take_attempt_back(tx: Transaction, instance: str, token: str) -> None:
    """Takes one attempt back from every message of the batch, and from no other (ABANDON-1)."""
    tx.change(
        "UPDATE orchestrator_queue SET attempts = max(attempts - 1, 0)"
        " WHERE store = :store AND instance = :instance AND lock_token = :token",
        instance=instance,
        token=token,
    )


def next_moment(tx: Transaction) -> int | None:
    """When time alone lets a fetch find something next: a delay or a lock ends (WIRE-5)."""
    moment: int | None = tx.value(
        "SELECT min(moment) FROM ("
        " SELECT min(visible_at) AS moment FROM orchestrator_queue"
        "   WHERE store = :store AND visible_at > :now"
        " UNION ALL"
        " SELECT min(ends_at) FROM instance_locks WHERE store = :store AND ends_at > :now)"
    )
    return moment


def enqueue(
    tx: Transaction, request: EnqueueOrchestratorItemRequest
) -> EnqueueOrchestratorItemResponse:
    """EnqueueOrchestratorItem (ENQ-1)."""
    put(tx, request.item, tx.now + moments.microseconds(request.delay))
    return EnqueueOrchestratorItemResponse()


def abandon(
    tx: Transaction, request: AbandonOrchestrationItemRequest
) -> AbandonOrchestrationItemResponse:
    """AbandonOrchestrationItem (ABANDON-1)."""
    token = request.lock_token
    instance = locked_instance(tx, token)
    delay = moments.microseconds(request.delay)
    if delay:
        tx.change(
            "UPDATE orchestrator_queue SET visible_at = :visible_at"
            " WHERE store = :store AND instance = :instance AND lock_token = :token",
            instance=instance,
            token=token,
            visible_at=tx.now + delay,
        )
    if request.ignore_attempt:
        take_attempt_back(tx, instance, token)
    release(tx, token)
    return AbandonOrchestrationItemResponse()


def renew(
    tx: Transaction, request: RenewOrchestrationItemLockRequest
) -> RenewOrchestrationItemLockResponse:
    """RenewOrchestrationItemLock (RENEW-1)."""
    locked_instance(tx, request.lock_token)
    tx.change(
        "UPDATE instance_locks SET ends_at = :ends_at WHERE store = :store AND token = :token",
        token=request.lock_token,
        ends_at=tx.now + moments.microseconds(request.extend_for),
    )
    return RenewOrchestrationItemLockResponse()
