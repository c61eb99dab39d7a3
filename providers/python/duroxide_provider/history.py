"""Histories: append only, read back as they came (ACK-3, FETCH-8)."""

from collections.abc import Iterable

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.event_pb2 import Event
from duroxide.provider.v1.provider_service_pb2 import (
    AppendHistoryRequest,
    AppendHistoryResponse,
    ReadHistoryRequest,
    ReadHistoryResponse,
)
from google.protobuf.message import DecodeError

from . import records
from .errors import ProviderError
from .store.sqlite import Transaction


def append(tx: Transaction, instance: str, execution: int, events: Iterable[Event]) -> None:
    """Stores events under the ids that they have; an id that is there is DUPLICATE_EVENT."""
    for event in events:
        added = tx.change(
            "INSERT INTO events (store, instance, execution, event_id, event)"
            " VALUES (:store, :instance, :execution, :event_id, :event)"
            " ON CONFLICT DO NOTHING",
            instance=instance,
            execution=execution,
            event_id=event.event_id,
            event=event.SerializeToString(),
        )
        if not added:
            raise ProviderError(
                errors_pb2.ERROR_REASON_DUPLICATE_EVENT,
                f'execution {execution} of "{instance}" has an event {event.event_id} already',
            )


def read(tx: Transaction, instance: str, execution: int) -> list[Event]:
    """The events by rising id; HISTORY_CORRUPT where one of them cannot be read back."""
    rows = tx.rows(
        "SELECT event_id, event FROM events"
        " WHERE store = :store AND instance = :instance AND execution = :execution"
        " ORDER BY event_id",
        instance=instance,
        execution=execution,
    )
    return [_parsed(instance, row["event_id"], row["event"]) for row in rows]


def first(tx: Transaction, instance: str, execution: int) -> Event | None:
    """The first event, where there is one; HISTORY_CORRUPT where it cannot be read back."""
    row = tx.row(
        "SELECT event_id, event FROM events"
        " WHERE store = :store AND instance = :instance AND execution = :execution"
        " ORDER BY event_id LIMIT 1",
        instance=instance,
        execution=execution,
    )
    return _parsed(instance, row["event_id"], row["event"]) if row else None


def last(tx: Transaction, instance: str, execution: int) -> tuple[int, bytes]:
    """The last event's id and the event as it is stored; 0 and nothing where there is none."""
    row = tx.row(
        "SELECT event_id, event FROM events"
        " WHERE store = :store AND instance = :instance AND execution = :execution"
        " ORDER BY event_id DESC LIMIT 1",
        instance=instance,
        execution=execution,
    )
    return (row["event_id"], row["event"]) if row else (0, b"")


def measure(tx: Transaction, instance: str, execution: int) -> tuple[int, int]:
    """How many events there are, and their bytes as they are stored."""
    row = tx.row(
        "SELECT count(*), coalesce(sum(length(event)), 0) FROM events"
        " WHERE store = :store AND instance = :instance AND execution = :execution",
        instance=instance,
        execution=execution,
    )
    assert row is not None
    return row[0], row[1]


def current_execution(tx: Transaction, instance: str) -> int | None:
    """The execution of the record; without one the latest that has events (FETCH-4)."""
    record = records.instance(tx, instance)
    if record is not None:
        return int(record["execution"])
    latest: int | None = tx.value(
        "SELECT max(execution) FROM events WHERE store = :store AND instance = :instance",
        instance=instance,
    )
    return latest


def read_history(tx: Transaction, request: ReadHistoryRequest) -> ReadHistoryResponse:
    """ReadHistory (ACK-3)."""
    execution: int | None = request.execution_id
    if not request.HasField("execution_id"):
        execution = current_execution(tx, request.instance)
    if execution is None:
        return ReadHistoryResponse()
    return ReadHistoryResponse(events=read(tx, request.instance, execution))


def append_history(tx: Transaction, request: AppendHistoryRequest) -> AppendHistoryResponse:
    """AppendHistory (ACK-3): events alone, and nothing of the record."""
    append(tx, request.instance, request.execution_id, request.events)
    return AppendHistoryResponse()


def _parsed(instance: str, event_id: int, stored: bytes) -> Event:
    try:
        event = Event.FromString(stored)
    except DecodeError as error:
        raise _corrupt(instance, event_id, str(error)) from error
    if event.event_id != event_id:
        raise _corrupt(instance, event_id, f"it holds event {event.event_id}")
    return event


def _corrupt(instance: str, event_id: int, what: str) -> ProviderError:
    return ProviderError(
        errors_pb2.ERROR_REASON_HISTORY_CORRUPT,
        f'event {event_id} of "{instance}" cannot be read back: {what}',
    )
