"""The key-value store of each instance (KV-1 to KV-3).

Two tables: what is set now, and the snapshot, which is what was set when the last execution ended.
"""

from collections.abc import Iterable

from duroxide.provider.v1.event_pb2 import Event
from duroxide.provider.v1.orchestration_pb2 import KvEntry
from duroxide.provider.v1.provider_service_pb2 import (
    GetKvValueRequest,
    GetKvValueResponse,
    ListKvValuesRequest,
    ListKvValuesResponse,
)

from .store.sqlite import Transaction


def apply(tx: Transaction, instance: str, events: Iterable[Event]) -> None:
    """Applies the key-value events of a turn in their order (KV-1)."""
    for event in events:
        if event.HasField("key_value_set"):
            was_set = event.key_value_set
            entry = KvEntry(
                key=was_set.key,
                value=was_set.value,
                last_updated_at_ms=was_set.last_updated_at_ms,
            )
            tx.change(
                "INSERT INTO kv (store, instance, key, entry)"
                " VALUES (:store, :instance, :key, :entry)"
                " ON CONFLICT DO UPDATE SET entry = excluded.entry",
                instance=instance,
                key=entry.key,
                entry=entry.SerializeToString(),
            )
        elif event.HasField("key_value_cleared"):
            tx.change(
                "DELETE FROM kv WHERE store = :store AND instance = :instance AND key = :key",
                instance=instance,
                key=event.key_value_cleared.key,
            )
        elif event.HasField("key_values_cleared"):
            tx.change(
                "DELETE FROM kv WHERE store = :store AND instance = :instance", instance=instance
            )


def take_snapshot(tx: Transaction, instance: str) -> None:
    """An execution ended: what is set now is what the next one begins with (KV-2)."""
    tx.change(
        "DELETE FROM kv_snapshots WHERE store = :store AND instance = :instance", instance=instance
    )
    tx.change(
        "INSERT INTO kv_snapshots (store, instance, key, entry)"
        " SELECT store, instance, key, entry FROM kv WHERE store = :store AND instance = :instance",
        instance=instance,
    )


def snapshot(tx: Transaction, instance: str) -> list[KvEntry]:
    """What earlier executions left, by the bytes of the keys (KV-2)."""
    rows = tx.rows(
        "SELECT entry FROM kv_snapshots WHERE store = :store AND instance = :instance ORDER BY key",
        instance=instance,
    )
    return [KvEntry.FromString(row["entry"]) for row in rows]


def entries(tx: Transaction, instance: str) -> list[KvEntry]:
    """What is set now, by the bytes of the keys (KV-1)."""
    rows = tx.rows(
        "SELECT entry FROM kv WHERE store = :store AND instance = :instance ORDER BY key",
        instance=instance,
    )
    return [KvEntry.FromString(row["entry"]) for row in rows]


def get_kv_value(tx: Transaction, request: GetKvValueRequest) -> GetKvValueResponse:
    """GetKvValue (KV-1)."""
    entry = tx.value(
        "SELECT entry FROM kv WHERE store = :store AND instance = :instance AND key = :key",
        instance=request.instance,
        key=request.key,
    )
    if entry is None:
        return GetKvValueResponse()
    return GetKvValueResponse(value=KvEntry.FromString(entry).value)


def list_kv_values(tx: Transaction, request: ListKvValuesRequest) -> ListKvValuesResponse:
    """ListKvValues (KV-1)."""
    return ListKvValuesResponse(entries=entries(tx, request.instance))
