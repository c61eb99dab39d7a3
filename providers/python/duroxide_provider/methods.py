"""Which function answers which method (CONTRACT.md, "Services and methods")."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from duroxide.provider.testing.v1 import test_service_pb2
from duroxide.provider.v1 import admin_service_pb2, provider_service_pb2
from duroxide.provider.v1.provider_service_pb2 import (
    FetchOrchestrationItemsRequest,
    FetchWorkItemsRequest,
)
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from . import (
    admin,
    history,
    info,
    kv,
    orchestrator_queue,
    records,
    removal,
    sessions,
    testing,
    turn,
    worker_queue,
)
from .fetched import Fetched
from .store.sqlite import Transaction

Answer = Callable[[Transaction, Any], Message]
Fetch = Callable[[Transaction, Any], Fetched]
FetchRequest = FetchOrchestrationItemsRequest | FetchWorkItemsRequest

PROVIDER: dict[str, Answer] = {
    "AckOrchestrationItem": turn.ack,
    "AbandonOrchestrationItem": orchestrator_queue.abandon,
    "RenewOrchestrationItemLock": orchestrator_queue.renew,
    "EnqueueOrchestratorItem": orchestrator_queue.enqueue,
    "EnqueueWorkItem": worker_queue.enqueue,
    "AckWorkItem": worker_queue.ack,
    "AbandonWorkItem": worker_queue.abandon,
    "RenewWorkItemLock": worker_queue.renew,
    "RenewSessionLocks": sessions.renew_locks,
    "CleanupOrphanedSessions": sessions.cleanup_orphaned,
    "ReadHistory": history.read_history,
    "AppendHistory": history.append_history,
    "GetCustomStatus": records.get_custom_status,
    "GetKvValue": kv.get_kv_value,
    "ListKvValues": kv.list_kv_values,
    "GetInstanceStats": admin.get_instance_stats,
}
ADMIN: dict[str, Answer] = {
    "ListInstances": admin.list_instances,
    "ListExecutions": admin.list_executions,
    "GetLatestExecution": admin.get_latest_execution,
    "GetInstanceInfo": admin.get_instance_info,
    "GetExecutionInfo": admin.get_execution_info,
    "GetSystemMetrics": admin.get_system_metrics,
    "GetQueueDepths": admin.get_queue_depths,
    "ListChildren": admin.list_children,
    "GetParent": admin.get_parent,
    "GetInstanceTree": admin.get_instance_tree,
    "DeleteInstance": removal.delete_instance,
    "DeleteInstances": removal.delete_instances,
    "DeleteInstancesByFilter": removal.delete_instances_by_filter,
    "PruneExecutions": removal.prune_executions,
    "PruneExecutionsByFilter": removal.prune_executions_by_filter,
}
TESTING: dict[str, Answer] = {
    "CreateStore": testing.create_store,
    "DropStore": testing.drop_store,
    "CorruptInstanceHistory": testing.corrupt_instance_history,
    "GetMaxAttemptCount": testing.get_max_attempt_count,
}


@dataclass(frozen=True)
class Method:
    """A method whose answer is there at once."""

    name: str
    request: type[Message]
    reply: type[Message]
    answer: Answer

    @property
    def changes(self) -> bool:
        """Whether it may make work for others: these are the methods with request ids (WIRE-7)."""
        return "request_id" in self.request.DESCRIPTOR.fields_by_name


@dataclass(frozen=True)
class FetchMethod:
    """A method that may wait, and whose reply may have to be taken back."""

    name: str
    request: type[FetchRequest]
    fetch: Fetch
    next_moment: Callable[[Transaction], int | None]


@dataclass(frozen=True)
class Service:
    """A service and all of its methods."""

    name: str
    methods: list[Method]
    fetches: list[FetchMethod]


def services(*, test_service: bool) -> list[Service]:
    """What is served."""
    provider = provider_service_pb2.DESCRIPTOR.services_by_name["ProviderService"]
    tell_info = partial(info.get_provider_info, test_service=test_service)
    fetches = [
        FetchMethod(
            "FetchOrchestrationItems",
            FetchOrchestrationItemsRequest,
            turn.fetch,
            orchestrator_queue.next_moment,
        ),
        FetchMethod(
            "FetchWorkItems",
            FetchWorkItemsRequest,
            worker_queue.fetch,
            worker_queue.next_moment,
        ),
    ]
    served = [
        _service(provider, {"GetProviderInfo": tell_info, **PROVIDER}, fetches),
        _service(admin_service_pb2.DESCRIPTOR.services_by_name["ProviderAdminService"], ADMIN),
    ]
    if test_service:
        testing_file = test_service_pb2.DESCRIPTOR
        served.append(_service(testing_file.services_by_name["ProviderTestService"], TESTING))
    return served


def _service(
    descriptor: ServiceDescriptor, answers: dict[str, Answer], fetches: Iterable[FetchMethod] = ()
) -> Service:
    """Joins the functions with the types that the proto gives their methods."""
    methods = [
        Method(
            name,
            GetMessageClass(descriptor.methods_by_name[name].input_type),
            GetMessageClass(descriptor.methods_by_name[name].output_type),
            answer,
        )
        for name, answer in answers.items()
    ]
    return Service(descriptor.full_name, methods, list(fetches))
