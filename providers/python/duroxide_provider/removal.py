"""Deleting instances and pruning executions (DEL-1, DEL-2, PRUNE-1, KV-3, ACK-8).

Each request is one transaction, so what is refused has deleted nothing.
"""

from collections.abc import Iterable

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1 import orchestration_pb2 as pb
from duroxide.provider.v1.admin_service_pb2 import (
    DeleteInstanceRequest,
    DeleteInstanceResponse,
    DeleteInstancesByFilterRequest,
    DeleteInstancesByFilterResponse,
    DeleteInstancesRequest,
    DeleteInstancesResponse,
    DeletionResult,
    InstanceFilter,
    PruneExecutionsByFilterRequest,
    PruneExecutionsByFilterResponse,
    PruneExecutionsRequest,
    PruneExecutionsResponse,
    PruneOptions,
    PruneResult,
)

from . import moments, records
from .errors import ProviderError
from .store.sqlite import Transaction, text_list

# Every table with rows of an instance, and where its deletion is counted.
TRACES = {
    "instances": "instances_deleted",
    "executions": "executions_deleted",
    "events": "events_deleted",
    "orchestrator_queue": "queue_messages_deleted",
    "worker_queue": "queue_messages_deleted",
    "instance_locks": None,
    "custom_statuses": None,
    "kv": None,
    "kv_snapshots": None,
}
DEFAULT_LIMIT = 1000


def delete_instance(tx: Transaction, request: DeleteInstanceRequest) -> DeleteInstanceResponse:
    """DeleteInstance (DEL-2): a root and its whole tree."""
    record = records.known_instance(tx, request.instance)
    if record["parent"] is not None:
        raise ProviderError(
            errors_pb2.ERROR_REASON_HAS_PARENT,
            f'"{request.instance}" is a child of "{record["parent"]}"; delete its root',
        )
    tree = records.tree(tx, request.instance)
    if not request.force:
        _refuse_running(tx, tree)
    return DeleteInstanceResponse(result=_delete(tx, tree))


def delete_instances(tx: Transaction, request: DeleteInstancesRequest) -> DeleteInstancesResponse:
    """DeleteInstances (DEL-1): just these, and no child left without its parent."""
    named = set(request.instances)
    if not request.force:
        _refuse_running(tx, named)
    child = tx.row(
        "SELECT instance, parent FROM instances WHERE store = :store"
        " AND parent IN (SELECT value FROM json_each(:named))"
        " AND instance NOT IN (SELECT value FROM json_each(:named))",
        named=text_list(named),
    )
    if child is not None:
        raise ProviderError(
            errors_pb2.ERROR_REASON_HAS_CHILDREN,
            f'"{child["parent"]}" has the child "{child["instance"]}"; name it too',
        )
    return DeleteInstancesResponse(result=_delete(tx, named))


def delete_instances_by_filter(
    tx: Transaction, request: DeleteInstancesByFilterRequest
) -> DeleteInstancesByFilterResponse:
    """DeleteInstancesByFilter (DEL-2): terminal roots with their trees, however these stand."""
    roots = _selected(tx, request.filter, terminal_roots=True)
    trees = [instance for root in roots for instance in records.tree(tx, root)]
    return DeleteInstancesByFilterResponse(result=_delete(tx, trees))


def prune_executions(tx: Transaction, request: PruneExecutionsRequest) -> PruneExecutionsResponse:
    """PruneExecutions (PRUNE-1)."""
    records.known_instance(tx, request.instance)
    return PruneExecutionsResponse(result=_prune(tx, [request.instance], request.options))


def prune_executions_by_filter(
    tx: Transaction, request: PruneExecutionsByFilterRequest
) -> PruneExecutionsByFilterResponse:
    """PruneExecutionsByFilter (PRUNE-1): whatever is selected, roots and children."""
    instances = _selected(tx, request.filter, terminal_roots=False)
    return PruneExecutionsByFilterResponse(result=_prune(tx, instances, request.options))


def _refuse_running(tx: Transaction, instances: Iterable[str]) -> None:
    running = tx.value(
        "SELECT i.instance FROM instances i JOIN executions e USING (store, instance, execution)"
        " WHERE i.store = :store AND i.instance IN (SELECT value FROM json_each(:instances))"
        " AND e.status = :running",
        instances=text_list(instances),
        running=pb.ORCHESTRATION_STATUS_RUNNING,
    )
    if running is not None:
        raise ProviderError(
            errors_pb2.ERROR_REASON_INSTANCE_RUNNING,
            f'"{running}" is running; wait for its end, or delete it with force',
        )


def _delete(tx: Transaction, instances: Iterable[str]) -> DeletionResult:
    """Removes every trace of instances, and counts rows, not names."""
    result = DeletionResult()
    named = text_list(instances)
    for table, counter in TRACES.items():
        deleted = tx.change(
            f"DELETE FROM {table} WHERE store = :store"
            " AND instance IN (SELECT value FROM json_each(:named))",
            named=named,
        )
        if counter is not None:
            setattr(result, counter, getattr(result, counter) + deleted)
    return result


def _selected(tx: Transaction, chosen: InstanceFilter, *, terminal_roots: bool) -> list[str]:
    """The instances for which all criteria hold that are given, oldest record first."""
    before = chosen.completed_before_ms if chosen.HasField("completed_before_ms") else None
    rows = tx.rows(
        "SELECT i.instance FROM instances i JOIN executions e USING (store, instance, execution)"
        " WHERE i.store = :store"
        " AND (:ids IS NULL OR i.instance IN (SELECT value FROM json_each(:ids)))"
        " AND (:before IS NULL OR e.completed_at < :before)"
        " AND (NOT :terminal_roots OR (i.parent IS NULL AND e.status <> :running))"
        " ORDER BY i.seq LIMIT :limit",
        ids=text_list(chosen.instance_ids.ids) if chosen.HasField("instance_ids") else None,
        before=None if before is None else moments.from_ms(before),
        terminal_roots=terminal_roots,
        running=pb.ORCHESTRATION_STATUS_RUNNING,
        limit=chosen.limit if chosen.HasField("limit") else DEFAULT_LIMIT,
    )
    return [row["instance"] for row in rows]


def _prune(tx: Transaction, instances: Iterable[str], options: PruneOptions) -> PruneResult:
    result = PruneResult()
    before = options.completed_before_ms if options.HasField("completed_before_ms") else None
    for instance in instances:
        result.instances_processed += 1
        # The newest `keep_last` are skipped before anything else is asked.
        rows = tx.rows(
            "SELECT execution FROM ("
            " SELECT execution, status, completed_at FROM executions"
            " WHERE store = :store AND instance = :instance"
            " ORDER BY execution DESC LIMIT -1 OFFSET :keep)"
            " WHERE status <> :running AND (:before IS NULL OR completed_at < :before)"
            " AND execution <> (SELECT execution FROM instances"
            "                   WHERE store = :store AND instance = :instance)",
            instance=instance,
            keep=max(1, options.keep_last),
            running=pb.ORCHESTRATION_STATUS_RUNNING,
            before=None if before is None else moments.from_ms(before),
        )
        for row in rows:
            key = {"instance": instance, "execution": row["execution"]}
            where = "store = :store AND instance = :instance AND execution = :execution"
            result.events_deleted += tx.change(f"DELETE FROM events WHERE {where}", **key)
            result.executions_deleted += tx.change(f"DELETE FROM executions WHERE {where}", **key)
    return result
