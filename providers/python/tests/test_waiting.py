import asyncio
from unittest import mock

from duroxide.provider.testing.v1.test_service_pb2 import DropStoreRequest
from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.orchestration_pb2 import SessionFetchConfig, TagFilter
from duroxide.provider.v1.provider_service_pb2 import (
    AbandonWorkItemRequest,
    FetchWorkItemsResponse,
    RenewWorkItemLockRequest,
)
from google.protobuf.duration_pb2 import Duration

from .harness import ProviderTest, activity, work_fetch, work_look

GPU = TagFilter(mode=TagFilter.MODE_TAGS, tags=["gpu"])
LONG = Duration(seconds=60)
SHORT = Duration(nanos=20_000_000)


def ids(response: FetchWorkItemsResponse) -> list[int]:
    return [item.item.activity_execute.id for item in response.items]


def held_by(owner: str, lock_timeout: Duration = LONG) -> SessionFetchConfig:
    return SessionFetchConfig(owner_id=owner, lock_timeout=lock_timeout)


class WaitingTest(ProviderTest):
    async def waiting(self, **fields: object) -> asyncio.Task[FetchWorkItemsResponse]:
        """A fetch that has looked in vain and waits."""
        before = self.provider.number_waiting()
        task = asyncio.create_task(self.fetch_work(work_fetch(**fields)))
        await self.until_waiting(before + 1)
        return task

    async def test_an_enqueue_wakes_one_of_a_line(self) -> None:
        first = await self.waiting()
        second = await self.waiting()
        await self.enqueue_work(activity(1))
        self.assertEqual(ids(await first), [1])
        self.assertFalse(second.done())
        await self.enqueue_work(activity(2))
        self.assertEqual(ids(await second), [2])

    async def test_who_cannot_take_it_does_not_keep_it_from_others(self) -> None:
        tagged = await self.waiting(tag_filter=GPU)
        untagged = await self.waiting()
        await self.enqueue_work(activity(1))
        await self.enqueue_work(activity(2, tag="gpu"))
        self.assertEqual(ids(await untagged), [1])
        self.assertEqual(ids(await tagged), [2])

    async def test_one_that_is_woken_and_cancelled_hands_on_its_turn(self) -> None:
        first = await self.waiting()
        second = await self.waiting()
        enqueue = asyncio.create_task(self.enqueue_work(activity(1)))
        await asyncio.sleep(0)  # The enqueue has woken the first, which has not run yet.
        first.cancel()
        await enqueue
        self.assertEqual(ids(await second), [1])

    async def test_a_lock_that_ends_wakes(self) -> None:
        await self.enqueue_work(activity(1))
        await self.fetch_work(work_look(lock_timeout=SHORT))
        self.assertEqual(ids(await self.fetch_work(work_fetch())), [1])

    async def test_a_delay_that_ends_wakes(self) -> None:
        await self.enqueue_work(activity(1))
        held = await self.fetch_work(work_look())
        waiting = await self.waiting()
        token = held.items[0].lock_token
        await self.call("AbandonWorkItem", AbandonWorkItemRequest(lock_token=token, delay=SHORT))
        self.assertEqual(ids(await waiting), [1])

    async def test_a_lock_that_is_renewed_for_less_ends_earlier(self) -> None:
        await self.enqueue_work(activity(1))
        held = await self.fetch_work(work_look())
        waiting = await self.waiting()
        token = held.items[0].lock_token
        await self.call(
            "RenewWorkItemLock", RenewWorkItemLockRequest(lock_token=token, extend_for=SHORT)
        )
        self.assertEqual(ids(await waiting), [1])

    async def test_a_session_that_ends_wakes(self) -> None:
        await self.enqueue_work(activity(1, session="s"))
        await self.enqueue_work(activity(2, session="s"))
        await self.fetch_work(work_look(session=held_by("a", SHORT)))
        self.assertEqual(ids(await self.fetch_work(work_fetch(session=held_by("b")))), [2])

    async def test_all_who_wait_hear_that_their_store_is_gone(self) -> None:
        store = await self.create_store()
        waiting = [await self.waiting(store=store) for _ in range(3)]
        await self.call("DropStore", DropStoreRequest(store=store))
        for task in waiting:
            await self.assert_fails(errors_pb2.ERROR_REASON_STORE_NOT_FOUND, task)

    async def test_a_shutdown_ends_all_waiting(self) -> None:
        waiting = [await self.waiting() for _ in range(3)]
        self.provider.end_waiting()
        for task in waiting:
            self.assertEqual(ids(await task), [])

    async def test_many_waiting_fetches_cost_one_look_each_time(self) -> None:
        waiting = [asyncio.create_task(self.fetch_work(work_fetch())) for _ in range(500)]
        tagged = asyncio.create_task(self.fetch_work(work_fetch(tag_filter=GPU)))
        await self.until_waiting(len(waiting) + 1)
        with mock.patch.object(self.database, "run", wraps=self.database.run) as run:
            await self.enqueue_work(activity(1, tag="gpu"))
            self.assertEqual(ids(await tagged), [1])
        self.assertLess(run.call_count, 10)
        for task in waiting:
            task.cancel()


class GivingBackTest(ProviderTest):
    async def test_what_cannot_be_delivered_was_never_taken(self) -> None:
        await self.enqueue_work(activity(1, session="s"))
        await self.fail_to_deliver(work_look(session=held_by("a")))
        found = await self.fetch_work(work_look(session=held_by("b")))
        self.assertEqual(ids(found), [1])
        self.assertEqual(found.items[0].attempt_count, 1)

    async def test_a_session_that_was_held_before_stays_held(self) -> None:
        await self.enqueue_work(activity(1, session="s"))
        await self.enqueue_work(activity(2, session="s"))
        await self.fetch_work(work_look(session=held_by("a")))
        await self.fail_to_deliver(work_look(session=held_by("a")))
        self.assertEqual(ids(await self.fetch_work(work_look(session=held_by("b")))), [])
        self.assertEqual(ids(await self.fetch_work(work_look(session=held_by("a")))), [2])
