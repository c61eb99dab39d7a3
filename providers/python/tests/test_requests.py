from duroxide.provider.testing.v1.test_service_pb2 import CreateStoreRequest, DropStoreRequest
from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.admin_service_pb2 import DeleteInstanceRequest
from duroxide.provider.v1.event_pb2 import Event, OrchestrationCompleted
from duroxide.provider.v1.provider_service_pb2 import AckWorkItemRequest, AppendHistoryRequest

from .harness import ProviderTest, activity, work_look


class RequestIdTest(ProviderTest):
    async def number_of_items(self) -> int:
        return len((await self.fetch_work(work_look(max_items=10))).items)

    async def test_a_request_that_comes_again_changes_nothing(self) -> None:
        for _ in range(3):
            await self.enqueue_work(activity(), request_id="a")
        self.assertEqual(await self.number_of_items(), 1)

    async def test_the_same_reply_is_given(self) -> None:
        request = CreateStoreRequest(request_id="a")
        self.assertEqual(
            await self.call("CreateStore", request), await self.call("CreateStore", request)
        )

    async def test_an_id_of_another_request_is_refused(self) -> None:
        await self.enqueue_work(activity(1), request_id="a")
        message = await self.assert_fails(
            errors_pb2.ERROR_REASON_INVALID_REQUEST, self.enqueue_work(activity(2), request_id="a")
        )
        self.assertIn("request_id", message)
        self.assertEqual(await self.number_of_items(), 1)

    async def test_a_permanent_error_stays_and_its_effects_do_not(self) -> None:
        lost = AckWorkItemRequest(lock_token="nobody's", request_id="a")
        duplicate = AppendHistoryRequest(instance="i", execution_id=1, request_id="b")
        for event_id in (1, 2, 1):
            event = Event(event_id=event_id, instance_id="i")
            event.orchestration_completed.CopyFrom(OrchestrationCompleted())
            duplicate.events.append(event)
        for _ in range(2):
            await self.assert_fails(
                errors_pb2.ERROR_REASON_LOCK_LOST, self.call("AckWorkItem", lost)
            )
            await self.assert_fails(
                errors_pb2.ERROR_REASON_DUPLICATE_EVENT, self.call("AppendHistory", duplicate)
            )
        duplicate.ClearField("request_id")
        del duplicate.events[2]
        await self.call("AppendHistory", duplicate)

    async def test_ids_belong_to_a_store(self) -> None:
        store = await self.create_store()
        await self.enqueue_work(activity(), request_id="a")
        await self.enqueue_work(activity(), request_id="a", store=store)
        self.assertEqual(await self.number_of_items(), 1)

    async def test_dropping_a_store_can_be_repeated_and_nothing_else_in_it(self) -> None:
        store = await self.create_store()
        await self.enqueue_work(activity(), request_id="a", store=store)
        for _ in range(2):
            await self.call("DropStore", DropStoreRequest(store=store, request_id="b"))
        gone = errors_pb2.ERROR_REASON_STORE_NOT_FOUND
        await self.assert_fails(gone, self.enqueue_work(activity(), request_id="a", store=store))
        await self.assert_fails(gone, self.call("DropStore", DropStoreRequest(store=store)))
        unknown = DeleteInstanceRequest(instance="i", store="never", request_id="a")
        await self.assert_fails(gone, self.call("DeleteInstance", unknown))
