import unittest

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.admin_service_pb2 import ListChildrenRequest, ListInstancesRequest
from duroxide.provider.v1.event_pb2 import (
    Event,
    KeyValueSet,
    OrchestrationCompleted,
    OrchestrationStarted,
)
from duroxide.provider.v1.orchestration_pb2 import (
    CapabilityFilter,
    ExecutionMetadata,
    SemanticVersion,
    SemanticVersionRange,
    SessionFetchConfig,
    TagFilter,
)
from duroxide.provider.v1.provider_service_pb2 import (
    AckOrchestrationItemRequest,
    AckWorkItemRequest,
    AppendHistoryRequest,
    EnqueueOrchestratorItemRequest,
    EnqueueWorkItemRequest,
    FetchOrchestrationItemsRequest,
    FetchWorkItemsRequest,
    ReadHistoryRequest,
    RenewSessionLocksRequest,
)
from duroxide.provider.v1.work_item_pb2 import (
    ActivityCompletedItem,
    QueueMessageItem,
    StartOrchestrationItem,
    WorkItem,
)
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from duroxide_provider import paging, validation
from duroxide_provider.errors import ProviderError

from .harness import activity

SECOND = Duration(seconds=1)


def message(data: str = "paid") -> WorkItem:
    return WorkItem(queue_message=QueueMessageItem(instance="order-1", name="q", data=data))


def event(**kind: object) -> Event:
    kind = kind or {"orchestration_completed": OrchestrationCompleted(output="done")}
    return Event(event_id=1, instance_id="order-1", **kind)  # type: ignore[arg-type]


def turn(**fields: object) -> AckOrchestrationItemRequest:
    return AckOrchestrationItemRequest(lock_token="t", execution_id=1, **fields)  # type: ignore[arg-type]


def tags(mode: int, *names: str) -> FetchWorkItemsRequest:
    tag_filter = TagFilter(mode=TagFilter.Mode.Name(mode), tags=names)
    return FetchWorkItemsRequest(lock_timeout=SECOND, tag_filter=tag_filter)


class ValidationTest(unittest.TestCase):
    def check(self, request: Message) -> None:
        validation.check(request, request.SerializeToString())

    def assert_refused(self, field: str, request: Message) -> None:
        with self.subTest(field=field), self.assertRaises(ProviderError) as raised:
            self.check(request)
        self.assertEqual(raised.exception.reason, errors_pb2.ERROR_REASON_INVALID_REQUEST)
        self.assertEqual(raised.exception.message.partition(":")[0], field)

    def test_what_is_missing_or_empty(self) -> None:
        self.assert_refused("instance", ReadHistoryRequest())
        self.assert_refused("item", EnqueueWorkItemRequest())
        self.assert_refused("item.kind", EnqueueWorkItemRequest(item=WorkItem()))
        self.assert_refused("lock_token", AckWorkItemRequest())
        self.assert_refused("lock_timeout", FetchWorkItemsRequest())
        self.assert_refused("execution_id", ReadHistoryRequest(instance="i", execution_id=0))
        self.assert_refused("execution_id", AppendHistoryRequest(instance="i"))
        unnamed = WorkItem(start_orchestration=StartOrchestrationItem(instance="i"))
        self.assert_refused(
            "item.start_orchestration.orchestration", EnqueueOrchestratorItemRequest(item=unnamed)
        )
        self.assert_refused(
            "owner_ids[1]", RenewSessionLocksRequest(owner_ids=["a", ""], extend_for=SECOND)
        )
        self.assert_refused(
            "history_delta[0].kind", turn(history_delta=[Event(event_id=1, instance_id="i")])
        )
        self.assert_refused(
            "metadata.parent_instance_id", turn(metadata=ExecutionMetadata(parent_instance_id=""))
        )
        self.assert_refused(
            "session.lock_timeout",
            FetchWorkItemsRequest(lock_timeout=SECOND, session=SessionFetchConfig(owner_id="o")),
        )
        one_bound = SemanticVersionRange(min=SemanticVersion(major=1))
        self.assert_refused(
            "filter.supported_versions[0].max",
            FetchOrchestrationItemsRequest(
                lock_timeout=SECOND, filter=CapabilityFilter(supported_versions=[one_bound])
            ),
        )

    def test_kinds_of_work_items(self) -> None:
        completed = WorkItem(activity_completed=ActivityCompletedItem(instance="i"))
        self.assert_refused("item", EnqueueOrchestratorItemRequest(item=activity()))
        self.assert_refused("item", EnqueueWorkItemRequest(item=message()))
        self.assert_refused("worker_items[1]", turn(worker_items=[activity(), message()]))
        self.assert_refused("orchestrator_items[0]", turn(orchestrator_items=[activity()]))
        self.assert_refused("completion", AckWorkItemRequest(lock_token="t", completion=message()))
        self.check(EnqueueOrchestratorItemRequest(item=completed))
        self.check(AckWorkItemRequest(lock_token="t", completion=completed))
        self.check(AckWorkItemRequest(lock_token="t"))

    def test_durations(self) -> None:
        for bad in (
            Duration(seconds=-1),
            Duration(nanos=-1),
            Duration(seconds=1, nanos=-1),
            Duration(nanos=1_000_000_000),
            Duration(seconds=315_576_000_001),
        ):
            self.assert_refused("delay", EnqueueOrchestratorItemRequest(item=message(), delay=bad))
        self.assert_refused("lock_timeout", FetchWorkItemsRequest(lock_timeout=Duration()))
        self.check(FetchWorkItemsRequest(lock_timeout=Duration(nanos=1)))

    def test_tags(self) -> None:
        self.assert_refused("tag_filter.tags", tags(TagFilter.MODE_TAGS))
        self.assert_refused("tag_filter.tags", tags(TagFilter.MODE_ANY, "gpu"))
        self.assert_refused("tag_filter.tags", tags(TagFilter.MODE_DEFAULT_AND, *"abcdef"))
        self.check(tags(TagFilter.MODE_DEFAULT_AND, *"abcde"))
        unknown = FetchWorkItemsRequest(lock_timeout=SECOND)
        unknown.tag_filter.MergeFromString(b"\x08\x63")
        self.assert_refused("tag_filter.mode", unknown)

    def test_numbers(self) -> None:
        self.assert_refused("page_size", ListInstancesRequest(page_size=1001))
        self.assert_refused(
            "status", ListInstancesRequest(status="ORCHESTRATION_STATUS_UNSPECIFIED")
        )
        self.assert_refused("execution_id", ReadHistoryRequest(instance="i", execution_id=2**63))
        # What an event says is payload.
        large = KeyValueSet(key="k", value="v", last_updated_at_ms=2**64 - 1)
        self.check(turn(history_delta=[event(key_value_set=large)]))

    def test_texts(self) -> None:
        self.assert_refused("instance", ReadHistoryRequest(instance="a\0b"))
        self.assert_refused(
            "history_delta[0].orchestration_completed.output",
            turn(
                history_delta=[event(orchestration_completed=OrchestrationCompleted(output="\0"))]
            ),
        )
        # An empty text that is given is a zero byte on the wire, and no NUL.
        started = OrchestrationStarted(name="n", initial_custom_status="")
        self.check(turn(history_delta=[event(orchestration_started=started)]))
        for bad in ("", "x" * 129, "ä" * 65):
            self.assert_refused("request_id", AckWorkItemRequest(lock_token="t", request_id=bad))
        self.check(AckWorkItemRequest(lock_token="t", request_id="ä" * 64))

    def test_page_tokens_are_for_one_request(self) -> None:
        request = ListInstancesRequest(store="s", page_size=2)
        token = paging.token(request, 7)
        self.check(ListInstancesRequest(store="s", page_size=3, page_token=token))
        self.assert_refused("page_token", ListInstancesRequest(store="t", page_token=token))
        self.assert_refused(
            "page_token", ListInstancesRequest(store="s", page_token="8" + token[1:])
        )
        self.assert_refused("page_token", ListInstancesRequest(page_token="9" * 5000))
        self.assert_refused(
            "page_token", ListChildrenRequest(store="s", instance="i", page_token=token)
        )
