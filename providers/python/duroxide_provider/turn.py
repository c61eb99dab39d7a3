"""A turn: an instance is given out with all that it needs, and its outcome is committed.

Fetch: FETCH-2, FETCH-4, FETCH-6, FETCH-8, FETCH-9, WIRE-6, WIRE-8. Ack: ACK-1, ACK-4, ACK-5.
"""

import sqlite3
from contextlib import suppress
from dataclasses import dataclass

from duroxide.provider.v1.event_pb2 import Event
from duroxide.provider.v1.orchestration_pb2 import (
    LockedOrchestrationItem,
    OrchestrationItem,
    SemanticVersionRange,
)
from duroxide.provider.v1.provider_service_pb2 import (
    AckOrchestrationItemRequest,
    AckOrchestrationItemResponse,
    FetchOrchestrationItemsRequest,
    FetchOrchestrationItemsResponse,
)
from duroxide.provider.v1.work_item_pb2 import WorkItem
from google.protobuf.message import DecodeError

from . import fetched, history, kv, moments, records, worker_queue
from . import orchestrator_queue as queue
from .errors import ProviderError
from .fetched import Fetched
from .limits import MAX_MESSAGE_BYTES
from .store.sqlite import Transaction

UNKNOWN_VERSION = "unknown"
MESSAGE_FRAME_BYTES = 6  # What a message takes in its item beside its own bytes.


@dataclass(frozen=True)
class _Candidate:
    item: OrchestrationItem
    batch: list[sqlite3.Row]

    def bytes(self) -> int:
        return self.item.ByteSize() + fetched.FRAME_BYTES


def fetch(tx: Transaction, request: FetchOrchestrationItemsRequest) -> Fetched:
    """FetchOrchestrationItems: locks instances, the longest wait first."""
    response = FetchOrchestrationItemsResponse()
    versions: SemanticVersionRange | None = None
    limit = fetched.batch_limit(request.max_items)
    if request.HasField("filter"):
        if not request.filter.supported_versions:
            limit = 0  # It supports nothing (FETCH-7).
        else:
            versions = request.filter.supported_versions[0]
    longest = request.max_inline_events if request.HasField("max_inline_events") else None
    ends_at = tx.now + moments.microseconds(request.lock_timeout)
    size = fetched.FRAME_BYTES
    while len(response.items) < limit and (instance := queue.next_instance(tx, versions)):
        candidate = _candidate(tx, instance, longest)
        size += candidate.bytes()
        if response.items and size > MAX_MESSAGE_BYTES:
            break  # It leads the next batch (WIRE-8).
        token = fetched.new_token()
        queue.lock(tx, instance, candidate.batch, token, ends_at)
        response.items.append(
            LockedOrchestrationItem(
                item=candidate.item,
                lock_token=token,
                attempt_count=max(message["attempts"] for message in candidate.batch) + 1,
            )
        )

    def give_back(tx: Transaction) -> None:
        for item in response.items:
            queue.take_attempt_back(tx, item.item.instance, item.lock_token)
            queue.release(tx, item.lock_token)

    return Fetched(response, bool(response.items), give_back)


def ack(tx: Transaction, request: AckOrchestrationItemRequest) -> AckOrchestrationItemResponse:
    """AckOrchestrationItem: commits a turn, all or nothing (ACK-1)."""
    instance = queue.locked_instance(tx, request.lock_token)
    history.append(tx, instance, request.execution_id, request.history_delta)
    records.apply(tx, instance, request.execution_id, request.metadata)
    records.apply_custom_status(tx, instance, request.history_delta)
    kv.apply(tx, instance, request.history_delta)
    if request.metadata.status in records.TERMINAL:
        kv.take_snapshot(tx, instance)
    for item in request.worker_items:
        worker_queue.put(tx, item.activity_execute)
    for activity in request.cancelled_activities:
        worker_queue.cancel(tx, activity)
    for item in request.orchestrator_items:
        queue.put(tx, item, _visible_at(tx, item))
    queue.locked_instance(tx, request.lock_token)  # It may have run out meanwhile.
    queue.finish(tx, instance, request.lock_token)
    return AckOrchestrationItemResponse()


def _visible_at(tx: Transaction, item: WorkItem) -> int:
    """A timer waits for its moment, everything else for nothing (ACK-5)."""
    if item.HasField("timer_fired"):
        return max(tx.now, moments.from_ms(item.timer_fired.fire_at_ms))
    return tx.now


def _candidate(tx: Transaction, instance: str, longest: int | None) -> _Candidate:
    batch = _that_fits(queue.visible(tx, instance))
    item = OrchestrationItem(
        instance=instance,
        version=UNKNOWN_VERSION,
        execution_id=history.current_execution(tx, instance) or 1,
        messages=[WorkItem.FromString(message["item"]) for message in batch],
        kv_snapshot=kv.snapshot(tx, instance),
    )
    record = records.instance(tx, instance)
    if record is not None:
        item.orchestration_name = record["name"]
        item.version = record["version"]
    else:
        _name_after_start(item)
    item.last_event_id, last_event = history.last(tx, instance, item.execution_id)
    if longest is not None and item.last_event_id > longest:
        _omit_history(item, last_event)
    else:
        _add_history(tx, item)
    return _Candidate(item, batch)


def _that_fits(messages: list[sqlite3.Row]) -> list[sqlite3.Row]:
    """The first messages whose bytes fit into a reply, and never none (WIRE-8)."""
    left = MAX_MESSAGE_BYTES - 2 * fetched.FRAME_BYTES
    for position, message in enumerate(messages):
        left -= len(message["item"]) + MESSAGE_FRAME_BYTES
        if left < 0 and position > 0:
            return messages[:position]
    return messages


def _name_after_start(item: OrchestrationItem) -> None:
    """Without a record, name and version are those of the first start (FETCH-4)."""
    for message in item.messages:
        kind = message.WhichOneof("kind")
        if kind in ("start_orchestration", "continue_as_new"):
            start = getattr(message, kind)
            item.orchestration_name = start.orchestration
            if start.HasField("version"):
                item.version = start.version
            return


def _omit_history(item: OrchestrationItem, last_event: bytes) -> None:
    """Gives the last event alone, where that can be read back and fits (FETCH-9)."""
    item.history_omitted = True
    if item.ByteSize() + len(last_event) + 2 * fetched.FRAME_BYTES > MAX_MESSAGE_BYTES:
        return
    with suppress(DecodeError):
        item.last_event.CopyFrom(Event.FromString(last_event))


def _add_history(tx: Transaction, item: OrchestrationItem) -> None:
    """Adds all events, or none and what is wrong with them (FETCH-8)."""
    _, size = history.measure(tx, item.instance, item.execution_id)
    try:
        if size <= MAX_MESSAGE_BYTES:
            item.history.extend(history.read(tx, item.instance, item.execution_id))
    except ProviderError as error:
        item.history_error = error.message
        return
    if size > MAX_MESSAGE_BYTES or item.ByteSize() + 2 * fetched.FRAME_BYTES > MAX_MESSAGE_BYTES:
        item.ClearField("history")
        item.history_error = (
            f"the history of {size} bytes does not fit into a reply of {MAX_MESSAGE_BYTES}"
        )
