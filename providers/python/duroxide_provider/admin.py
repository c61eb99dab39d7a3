"""What operators look at (ADMIN-1, ADMIN-2)."""

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1 import orchestration_pb2 as pb
from duroxide.provider.v1.admin_service_pb2 import (
    ExecutionInfo,
    GetExecutionInfoRequest,
    GetExecutionInfoResponse,
    GetInstanceInfoRequest,
    GetInstanceInfoResponse,
    GetInstanceTreeRequest,
    GetInstanceTreeResponse,
    GetLatestExecutionRequest,
    GetLatestExecutionResponse,
    GetParentRequest,
    GetParentResponse,
    GetQueueDepthsRequest,
    GetQueueDepthsResponse,
    GetSystemMetricsRequest,
    GetSystemMetricsResponse,
    InstanceInfo,
    ListChildrenRequest,
    ListChildrenResponse,
    ListExecutionsRequest,
    ListExecutionsResponse,
    ListInstancesRequest,
    ListInstancesResponse,
    QueueDepths,
    SystemMetrics,
)
from duroxide.provider.v1.orchestration_pb2 import InstanceStats
from duroxide.provider.v1.provider_service_pb2 import (
    GetInstanceStatsRequest,
    GetInstanceStatsResponse,
)

from . import history, kv, moments, paging, records
from .errors import ProviderError
from .limits import MAX_NUMBER
from .store.sqlite import Transaction


def list_instances(tx: Transaction, request: ListInstancesRequest) -> ListInstancesResponse:
    """ListInstances: newest record first."""
    last = paging.last_seen(request)
    rows = tx.rows(
        "SELECT i.seq, i.instance FROM instances i"
        " JOIN executions e USING (store, instance, execution)"
        " WHERE i.store = :store AND i.seq < :before AND (:status IS NULL OR e.status = :status)"
        " ORDER BY i.seq DESC LIMIT :limit",
        before=MAX_NUMBER if last is None else last,
        status=request.status if request.HasField("status") else None,
        limit=paging.page_size(request) + 1,
    )
    shown, token = paging.page(request, rows, "seq")
    return ListInstancesResponse(
        instance_ids=[row["instance"] for row in shown], next_page_token=token
    )


def list_executions(tx: Transaction, request: ListExecutionsRequest) -> ListExecutionsResponse:
    """ListExecutions: by rising id."""
    rows = tx.rows(
        "SELECT e.execution FROM executions e JOIN instances i USING (store, instance)"
        " WHERE e.store = :store AND e.instance = :instance AND e.execution > :after"
        " ORDER BY e.execution LIMIT :limit",
        instance=request.instance,
        after=paging.last_seen(request) or 0,
        limit=paging.page_size(request) + 1,
    )
    shown, token = paging.page(request, rows, "execution")
    return ListExecutionsResponse(
        execution_ids=[row["execution"] for row in shown], next_page_token=token
    )


def list_children(tx: Transaction, request: ListChildrenRequest) -> ListChildrenResponse:
    """ListChildren: direct ones, oldest record first."""
    rows = tx.rows(
        "SELECT seq, instance FROM instances"
        " WHERE store = :store AND parent = :instance AND seq > :after ORDER BY seq LIMIT :limit",
        instance=request.instance,
        after=paging.last_seen(request) or 0,
        limit=paging.page_size(request) + 1,
    )
    shown, token = paging.page(request, rows, "seq")
    return ListChildrenResponse(
        instance_ids=[row["instance"] for row in shown], next_page_token=token
    )


def get_latest_execution(
    tx: Transaction, request: GetLatestExecutionRequest
) -> GetLatestExecutionResponse:
    """GetLatestExecution."""
    record = records.known_instance(tx, request.instance)
    return GetLatestExecutionResponse(execution_id=record["execution"])


def get_instance_info(tx: Transaction, request: GetInstanceInfoRequest) -> GetInstanceInfoResponse:
    """GetInstanceInfo."""
    record = records.known_instance(tx, request.instance)
    info = InstanceInfo(
        instance_id=record["instance"],
        orchestration_name=record["name"],
        orchestration_version=record["version"],
        current_execution_id=record["execution"],
        status=record["status"],
        created_at_ms=moments.to_ms(record["created_at"]),
        updated_at_ms=moments.to_ms(record["updated_at"]),
        output=record["output"],
        parent_instance_id=record["parent"],
    )
    return GetInstanceInfoResponse(info=info)


def get_execution_info(
    tx: Transaction, request: GetExecutionInfoRequest
) -> GetExecutionInfoResponse:
    """GetExecutionInfo."""
    records.known_instance(tx, request.instance)
    row = tx.row(
        "SELECT * FROM executions"
        " WHERE store = :store AND instance = :instance AND execution = :execution",
        instance=request.instance,
        execution=request.execution_id,
    )
    if row is None:
        raise ProviderError(
            errors_pb2.ERROR_REASON_INSTANCE_NOT_FOUND,
            f'"{request.instance}" has no execution {request.execution_id}',
        )
    completed_at = row["completed_at"]
    info = ExecutionInfo(
        execution_id=row["execution"],
        status=row["status"],
        output=row["output"],
        started_at_ms=moments.to_ms(row["started_at"]),
        completed_at_ms=None if completed_at is None else moments.to_ms(completed_at),
        event_count=history.measure(tx, request.instance, request.execution_id)[0],
    )
    return GetExecutionInfoResponse(info=info)


def get_parent(tx: Transaction, request: GetParentRequest) -> GetParentResponse:
    """GetParent."""
    return GetParentResponse(
        parent_instance_id=records.known_instance(tx, request.instance)["parent"]
    )


def get_instance_tree(tx: Transaction, request: GetInstanceTreeRequest) -> GetInstanceTreeResponse:
    """GetInstanceTree: every parent before its children."""
    records.known_instance(tx, request.instance)
    return GetInstanceTreeResponse(
        root_id=request.instance, all_ids=records.tree(tx, request.instance)
    )


def get_system_metrics(
    tx: Transaction, request: GetSystemMetricsRequest
) -> GetSystemMetricsResponse:
    """GetSystemMetrics."""
    by_status: dict[int, int] = {
        row["status"]: row["number"]
        for row in tx.rows(
            "SELECT e.status, count(*) AS number FROM instances i"
            " JOIN executions e USING (store, instance, execution)"
            " WHERE i.store = :store GROUP BY e.status"
        )
    }
    metrics = SystemMetrics(
        total_instances=sum(by_status.values()),
        running_instances=by_status.get(pb.ORCHESTRATION_STATUS_RUNNING, 0),
        completed_instances=by_status.get(pb.ORCHESTRATION_STATUS_COMPLETED, 0),
        failed_instances=by_status.get(pb.ORCHESTRATION_STATUS_FAILED, 0),
        total_executions=tx.value(
            "SELECT count(*) FROM executions JOIN instances USING (store, instance)"
            " WHERE store = :store"
        ),
        total_events=tx.value(
            "SELECT count(*) FROM events JOIN instances USING (store, instance)"
            " WHERE store = :store"
        ),
    )
    return GetSystemMetricsResponse(metrics=metrics)


def get_queue_depths(tx: Transaction, request: GetQueueDepthsRequest) -> GetQueueDepthsResponse:
    """GetQueueDepths: what is visible and not under a live lock. Timers are delayed messages."""
    depths = QueueDepths(
        orchestrator_queue=tx.value(
            "SELECT count(*) FROM orchestrator_queue q WHERE store = :store AND visible_at <= :now"
            " AND NOT EXISTS (SELECT 1 FROM instance_locks l WHERE l.store = q.store"
            "                 AND l.instance = q.instance AND l.ends_at > :now)"
        ),
        worker_queue=tx.value(
            "SELECT count(*) FROM worker_queue"
            " WHERE store = :store AND visible_at <= :now AND lock_ends_at <= :now"
        ),
    )
    return GetQueueDepthsResponse(depths=depths)


def get_instance_stats(
    tx: Transaction, request: GetInstanceStatsRequest
) -> GetInstanceStatsResponse:
    """GetInstanceStats (ADMIN-2)."""
    record = records.instance(tx, request.instance)
    if record is None:
        return GetInstanceStatsResponse()
    execution: int = record["execution"]
    count, size = history.measure(tx, request.instance, execution)
    first = history.first(tx, request.instance, execution)
    entries = kv.entries(tx, request.instance)
    carried = first.orchestration_started.carry_forward_events.events if first else []
    return GetInstanceStatsResponse(
        stats=InstanceStats(
            history_event_count=count,
            history_size_bytes=size,
            queue_pending_count=len(carried),
            kv_user_key_count=len(entries),
            kv_total_value_bytes=sum(len(entry.value.encode()) for entry in entries),
        )
    )
