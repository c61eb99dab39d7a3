from unittest import mock

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.event_pb2 import Event, OrchestrationCompleted
from duroxide.provider.v1.orchestration_pb2 import OrchestrationItem
from duroxide.provider.v1.provider_service_pb2 import (
    AckOrchestrationItemRequest,
    AppendHistoryRequest,
    EnqueueOrchestratorItemRequest,
    ReadHistoryRequest,
    ReadHistoryResponse,
)
from duroxide.provider.v1.work_item_pb2 import StartOrchestrationItem, WorkItem

from duroxide_provider import kv, moments, turn

from .harness import ProviderTest

SMALL = 4096


class SizeTest(ProviderTest):
    """As if a reply could hold four kilobytes."""

    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        limit = mock.patch.object(turn, "MAX_MESSAGE_BYTES", SMALL)
        limit.start()
        self.addCleanup(limit.stop)

    async def start(self, instance: str, size: int) -> None:
        start = StartOrchestrationItem(instance=instance, orchestration="Order", input="x" * size)
        request = EnqueueOrchestratorItemRequest(item=WorkItem(start_orchestration=start))
        await self.call("EnqueueOrchestratorItem", request)

    async def fetch_items(self, max_items: int = 1) -> list[OrchestrationItem]:
        reply = await self.fetch_turns(max_items=max_items)
        self.assertLessEqual(reply.ByteSize(), SMALL)
        return [locked.item for locked in reply.items]

    async def test_a_fetch_ends_before_the_item_that_does_not_fit(self) -> None:
        for instance in ("a", "b", "c"):
            await self.start(instance, SMALL // 3)
        self.assertEqual([item.instance for item in await self.fetch_items(10)], ["a", "b"])
        self.assertEqual([item.instance for item in await self.fetch_items(10)], ["c"])

    async def test_a_batch_ends_before_the_message_that_does_not_fit(self) -> None:
        for _ in range(3):
            await self.start("a", SMALL // 3)
        reply = await self.fetch_turns()
        self.assertEqual(len(reply.items[0].item.messages), 2)
        ack = AckOrchestrationItemRequest(lock_token=reply.items[0].lock_token, execution_id=1)
        await self.call("AckOrchestrationItem", ack)
        self.assertEqual([len(item.messages) for item in await self.fetch_items()], [1])

    async def test_a_history_that_does_not_fit_is_an_error_of_the_item(self) -> None:
        done = OrchestrationCompleted(output="x" * (SMALL - 200))
        event = Event(event_id=1, instance_id="a", orchestration_completed=done)
        append = AppendHistoryRequest(instance="a", execution_id=1, events=[event])
        await self.call("AppendHistory", append)
        await self.start("a", 200)
        [item] = await self.fetch_items()
        self.assertEqual(len(item.messages), 1)
        self.assertEqual(len(item.history), 0)
        self.assertIn("does not fit", item.history_error)

    async def test_the_size_of_a_history_that_is_left_out_does_not_matter(self) -> None:
        done = OrchestrationCompleted(output="x" * (SMALL // 2))
        for event_id in (1, 2, 3):
            event = Event(event_id=event_id, instance_id="a", orchestration_completed=done)
            append = AppendHistoryRequest(instance="a", execution_id=1, events=[event])
            await self.call("AppendHistory", append)
        await self.start("a", 200)
        reply = await self.fetch_turns(max_inline_events=2)
        item = reply.items[0].item
        self.assertTrue(item.history_omitted)
        self.assertFalse(item.HasField("history_error"))
        self.assertEqual(item.last_event_id, 3)
        self.assertEqual(item.last_event.event_id, 3)

    async def test_a_last_event_that_does_not_fit_is_left_out_too(self) -> None:
        done = OrchestrationCompleted(output="x" * (SMALL - 200))
        event = Event(event_id=1, instance_id="a", orchestration_completed=done)
        append = AppendHistoryRequest(instance="a", execution_id=1, events=[event])
        await self.call("AppendHistory", append)
        await self.start("a", 200)
        reply = await self.fetch_turns(max_inline_events=0)
        item = reply.items[0].item
        self.assertLessEqual(reply.ByteSize(), SMALL)
        self.assertTrue(item.history_omitted)
        self.assertFalse(item.HasField("last_event"))
        self.assertEqual(item.last_event_id, 1)


class AckTest(ProviderTest):
    async def test_a_lock_that_ends_during_the_ack_undoes_it(self) -> None:
        start = StartOrchestrationItem(instance="a", orchestration="Order")
        request = EnqueueOrchestratorItemRequest(item=WorkItem(start_orchestration=start))
        await self.call("EnqueueOrchestratorItem", request)
        fetched = await self.fetch_turns()
        event = Event(event_id=1, instance_id="a")
        event.key_value_set.key = "k"
        ack = AckOrchestrationItemRequest(
            lock_token=fetched.items[0].lock_token, execution_id=1, history_delta=[event]
        )
        now = moments.now

        def apply_slowly(*arguments: object) -> None:
            mock.patch.object(moments, "now", lambda: now() + 61_000_000).start()

        with mock.patch.object(kv, "apply", apply_slowly):
            await self.assert_fails(
                errors_pb2.ERROR_REASON_LOCK_LOST, self.call("AckOrchestrationItem", ack)
            )
        mock.patch.stopall()
        history = await self.call("ReadHistory", ReadHistoryRequest(instance="a"))
        self.assertEqual(history, ReadHistoryResponse())
