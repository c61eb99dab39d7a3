"""The worker queue: activities, each with a lock of its own (WORK-1 to WORK-3, TAG-1, SESS-1)."""

import sqlite3

from duroxide.provider.v1.orchestration_pb2 import (
    LockedWorkItem,
    ScheduledActivityIdentifier,
    TagFilter,
)
from duroxide.provider.v1.provider_service_pb2 import (
    AbandonWorkItemRequest,
    AbandonWorkItemResponse,
    AckWorkItemRequest,
    AckWorkItemResponse,
    EnqueueWorkItemRequest,
    EnqueueWorkItemResponse,
    FetchWorkItemsRequest,
    FetchWorkItemsResponse,
    RenewWorkItemLockRequest,
    RenewWorkItemLockResponse,
)
from duroxide.provider.v1.work_item_pb2 import ActivityExecuteItem, WorkItem

from . import fetched, moments, orchestrator_queue, sessions
from .errors import lock_lost
from .fetched import Fetched
from .limits import MAX_MESSAGE_BYTES
from .store.sqlite import Transaction, text_list

# The items that this fetch may take. No item holds another one back: what is
# not allowed is passed over (WORK-1).
NEXT = """
SELECT seq, item, attempts, session FROM worker_queue q
WHERE store = :store AND visible_at <= :now AND lock_ends_at <= :now
  AND (:all_tags OR (:untagged AND tag IS NULL)
       OR tag IN (SELECT value FROM json_each(:tags)))
  AND (session IS NULL
       OR :owner IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM sessions s
                          WHERE s.store = q.store AND s.session = q.session
                            AND s.ends_at > :now AND s.owner <> :owner))
ORDER BY seq LIMIT :limit
"""
TAKES_ALL_TAGS = frozenset({TagFilter.MODE_ANY})
TAKES_UNTAGGED = frozenset(
    {TagFilter.MODE_UNSPECIFIED, TagFilter.MODE_DEFAULT_ONLY, TagFilter.MODE_DEFAULT_AND}
)


def put(tx: Transaction, activity: ActivityExecuteItem) -> None:
    """Puts an activity into the queue, visible at once (WORK-1)."""
    tx.change(
        "INSERT INTO worker_queue"
        " (store, instance, execution, activity, session, tag, item, visible_at)"
        " VALUES (:store, :instance, :execution, :activity, :session, :tag, :item, :now)",
        instance=activity.instance,
        execution=activity.execution_id,
        activity=activity.id,
        session=activity.session_id if activity.HasField("session_id") else None,
        tag=activity.tag if activity.HasField("tag") else None,
        item=WorkItem(activity_execute=activity).SerializeToString(),
    )


def cancel(tx: Transaction, activity: ScheduledActivityIdentifier) -> None:
    """Removes an activity, locked or not; who holds it finds out by LOCK_LOST (ACK-4)."""
    tx.change(
        "DELETE FROM worker_queue WHERE store = :store AND instance = :instance"
        " AND execution = :execution AND activity = :activity",
        instance=activity.instance,
        execution=activity.execution_id,
        activity=activity.activity_id,
    )


def next_moment(tx: Transaction) -> int | None:
    """When time alone lets a fetch find something next: a delay, lock or session ends (WIRE-5)."""
    own: int | None = tx.value(
        "SELECT min(max(visible_at, lock_ends_at)) FROM worker_queue"
        " WHERE store = :store AND max(visible_at, lock_ends_at) > :now"
    )
    return min((m for m in (own, sessions.next_moment(tx)) if m is not None), default=None)


def enqueue(tx: Transaction, request: EnqueueWorkItemRequest) -> EnqueueWorkItemResponse:
    """EnqueueWorkItem (WORK-1)."""
    put(tx, request.item.activity_execute)
    return EnqueueWorkItemResponse()


def fetch(tx: Transaction, request: FetchWorkItemsRequest) -> Fetched:
    """FetchWorkItems: locks items in the order of enqueueing, and claims their sessions."""
    owner = request.session.owner_id if request.HasField("session") else None
    mode = request.tag_filter.mode
    rows = tx.rows(
        NEXT,
        owner=owner,
        all_tags=mode in TAKES_ALL_TAGS,
        untagged=mode in TAKES_UNTAGGED,
        tags=text_list(request.tag_filter.tags),
        limit=fetched.batch_limit(request.max_items),
    )
    ends_at = tx.now + moments.microseconds(request.lock_timeout)
    response = FetchWorkItemsResponse()
    claims: dict[str, sessions.Claim] = {}
    size = fetched.FRAME_BYTES
    for row in rows:
        size += len(row["item"]) + fetched.FRAME_BYTES
        if response.items and size > MAX_MESSAGE_BYTES:
            break  # It leads the next batch (WIRE-8).
        response.items.append(_locked(tx, row, ends_at))
        session: str | None = row["session"]
        if session is not None and owner is not None and session not in claims:
            session_ends_at = tx.now + moments.microseconds(request.session.lock_timeout)
            claims[session] = sessions.Claim(tx, session, owner, session_ends_at)

    def give_back(tx: Transaction) -> None:
        for item in response.items:
            tx.change(
                "UPDATE worker_queue SET attempts = max(attempts - 1, 0),"
                " lock_token = NULL, lock_ends_at = 0"
                " WHERE store = :store AND lock_token = :token",
                token=item.lock_token,
            )
        for claim in claims.values():
            claim.give_back(tx)

    return Fetched(response, bool(response.items), give_back)


def ack(tx: Transaction, request: AckWorkItemRequest) -> AckWorkItemResponse:
    """AckWorkItem (WORK-2): removes the item and enqueues its completion, or neither."""
    item = _held(tx, request.lock_token)
    if request.HasField("completion"):
        orchestrator_queue.put(tx, request.completion, tx.now)
    sessions.touch(tx, item["session"])
    _held(tx, request.lock_token)  # It may have run out meanwhile.
    tx.change("DELETE FROM worker_queue WHERE seq = :seq", seq=item["seq"])
    return AckWorkItemResponse()


def abandon(tx: Transaction, request: AbandonWorkItemRequest) -> AbandonWorkItemResponse:
    """AbandonWorkItem (WORK-3)."""
    item = _held(tx, request.lock_token)
    delay = moments.microseconds(request.delay)
    tx.change(
        "UPDATE worker_queue SET lock_token = NULL, lock_ends_at = 0,"
        " visible_at = :visible_at, attempts = max(attempts - :taken_back, 0) WHERE seq = :seq",
        seq=item["seq"],
        visible_at=tx.now + delay if delay else item["visible_at"],
        taken_back=int(request.ignore_attempt),
    )
    return AbandonWorkItemResponse()


def renew(tx: Transaction, request: RenewWorkItemLockRequest) -> RenewWorkItemLockResponse:
    """RenewWorkItemLock (WORK-3)."""
    item = _held(tx, request.lock_token)
    tx.change(
        "UPDATE worker_queue SET lock_ends_at = :ends_at WHERE seq = :seq",
        seq=item["seq"],
        ends_at=tx.now + moments.microseconds(request.extend_for),
    )
    sessions.touch(tx, item["session"])
    return RenewWorkItemLockResponse()


def _locked(tx: Transaction, row: sqlite3.Row, ends_at: int) -> LockedWorkItem:
    token = fetched.new_token()
    tx.change(
        "UPDATE worker_queue SET lock_token = :token, lock_ends_at = :ends_at,"
        " attempts = attempts + 1 WHERE seq = :seq",
        seq=row["seq"],
        token=token,
        ends_at=ends_at,
    )
    item = WorkItem.FromString(row["item"])
    return LockedWorkItem(item=item, lock_token=token, attempt_count=row["attempts"] + 1)


def _held(tx: Transaction, token: str) -> sqlite3.Row:
    """The item that a live lock holds, by the clock of this moment; else LOCK_LOST."""
    row = tx.row(
        "SELECT seq, session, visible_at FROM worker_queue"
        " WHERE store = :store AND lock_token = :token AND lock_ends_at > :at",
        token=token,
        at=moments.now(),
    )
    if row is None:
        lock_lost(token)
    return row
