"""Records of instances and executions, and the custom status (ACK-2, ACK-6, ACK-7).

Acks make records, and nothing else does.
"""

import sqlite3
from collections.abc import Iterable

from duroxide.provider.v1 import orchestration_pb2 as pb
from duroxide.provider.v1.event_pb2 import Event
from duroxide.provider.v1.orchestration_pb2 import ExecutionMetadata
from duroxide.provider.v1.provider_service_pb2 import (
    GetCustomStatusRequest,
    GetCustomStatusResponse,
)

from .errors import instance_not_found
from .store.sqlite import Transaction, text_list

TERMINAL = frozenset(
    {
        pb.ORCHESTRATION_STATUS_COMPLETED,
        pb.ORCHESTRATION_STATUS_FAILED,
        pb.ORCHESTRATION_STATUS_CONTINUED_AS_NEW,
    }
)


def instance(tx: Transaction, name: str) -> sqlite3.Row | None:
    """The record of an instance, with the status and output of its current execution."""
    return tx.row(
        "SELECT i.*, e.status, e.output, e.completed_at FROM instances i"
        " JOIN executions e USING (store, instance, execution)"
        " WHERE i.store = :store AND i.instance = :instance",
        instance=name,
    )


def known_instance(tx: Transaction, name: str) -> sqlite3.Row:
    """The record of an instance; INSTANCE_NOT_FOUND where there is none."""
    record = instance(tx, name)
    if record is None:
        instance_not_found(name)
    return record


def tree(tx: Transaction, root: str) -> list[str]:
    """An instance and all its descendants, every parent before its children.

    Parents need not exist when they are named, so they may go round in a circle.
    """
    found = {root: None}  # In order.
    level = [root]
    while level:
        rows = tx.rows(
            "SELECT instance FROM instances WHERE store = :store"
            " AND parent IN (SELECT value FROM json_each(:parents)) ORDER BY seq",
            parents=text_list(level),
        )
        level = [row["instance"] for row in rows if row["instance"] not in found]
        found.update(dict.fromkeys(level))
    return list(found)


def apply(tx: Transaction, name: str, execution: int, metadata: ExecutionMetadata) -> None:
    """Makes and changes the records as the ack of a turn says (ACK-2)."""
    _apply_to_execution(tx, name, execution, metadata)
    if metadata.HasField("orchestration_name") and metadata.HasField("orchestration_version"):
        tx.change(
            "INSERT INTO instances"
            " (store, instance, name, version, execution, parent, created_at, updated_at)"
            " VALUES (:store, :instance, :name, :version, :execution, :parent, :now, :now)"
            " ON CONFLICT (store, instance)"
            " DO UPDATE SET name = excluded.name, version = excluded.version",
            instance=name,
            name=metadata.orchestration_name,
            version=metadata.orchestration_version,
            execution=execution,
            parent=metadata.parent_instance_id if metadata.HasField("parent_instance_id") else None,
        )
    tx.change(
        "UPDATE instances SET execution = max(execution, :execution), updated_at = :now"
        " WHERE store = :store AND instance = :instance",
        instance=name,
        execution=execution,
    )


def _apply_to_execution(
    tx: Transaction, name: str, execution: int, metadata: ExecutionMetadata
) -> None:
    key = {"instance": name, "execution": execution}
    tx.change(
        "INSERT INTO executions (store, instance, execution, status, started_at)"
        " VALUES (:store, :instance, :execution, :running, :now) ON CONFLICT DO NOTHING",
        running=pb.ORCHESTRATION_STATUS_RUNNING,
        **key,
    )
    if metadata.HasField("status"):
        tx.change(
            "UPDATE executions SET status = :status, output = :output, completed_at = :completed_at"
            " WHERE store = :store AND instance = :instance AND execution = :execution",
            status=metadata.status,
            output=metadata.output if metadata.HasField("output") else None,
            completed_at=tx.now if metadata.status in TERMINAL else None,
            **key,
        )
    if metadata.HasField("pinned_version"):
        tx.change(
            "UPDATE executions"
            " SET pinned_major = :major, pinned_minor = :minor, pinned_patch = :patch"
            " WHERE store = :store AND instance = :instance AND execution = :execution",
            major=metadata.pinned_version.major,
            minor=metadata.pinned_version.minor,
            patch=metadata.pinned_version.patch,
            **key,
        )


def apply_custom_status(tx: Transaction, name: str, events: Iterable[Event]) -> None:
    """Sets or clears the custom status as the last event says that speaks of it (ACK-7)."""
    updates = [e.custom_status_updated for e in events if e.HasField("custom_status_updated")]
    if updates:
        tx.change(
            "INSERT INTO custom_statuses (store, instance, status, version)"
            " VALUES (:store, :instance, :status, 1) ON CONFLICT"
            " DO UPDATE SET status = excluded.status, version = version + 1",
            instance=name,
            status=updates[-1].status if updates[-1].HasField("status") else None,
        )


def get_custom_status(tx: Transaction, request: GetCustomStatusRequest) -> GetCustomStatusResponse:
    """GetCustomStatus (ACK-7)."""
    row = tx.row(
        "SELECT status, version FROM custom_statuses"
        " WHERE store = :store AND instance = :instance AND version > :seen",
        instance=request.instance,
        seen=request.last_seen_version,
    )
    response = GetCustomStatusResponse()
    if row is not None:
        response.change.version = row["version"]
        if row["status"] is not None:
            response.change.custom_status = row["status"]
    return response
