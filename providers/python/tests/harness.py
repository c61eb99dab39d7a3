"""A provider without a server, and a few requests that many tests make."""

import asyncio
from collections.abc import Awaitable
from unittest import IsolatedAsyncioTestCase

from duroxide.provider.testing.v1.test_service_pb2 import CreateStoreRequest, CreateStoreResponse
from duroxide.provider.v1.errors_pb2 import ErrorReason
from duroxide.provider.v1.provider_service_pb2 import (
    EnqueueWorkItemRequest,
    FetchOrchestrationItemsRequest,
    FetchOrchestrationItemsResponse,
    FetchWorkItemsRequest,
    FetchWorkItemsResponse,
)
from duroxide.provider.v1.work_item_pb2 import ActivityExecuteItem, WorkItem
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from duroxide_provider import methods
from duroxide_provider.errors import ProviderError
from duroxide_provider.provider import Provider
from duroxide_provider.store.sqlite import Database

SERVICES = methods.services(test_service=True)
METHODS = {method.name: method for service in SERVICES for method in service.methods}
FETCHES = {fetch.name: fetch for service in SERVICES for fetch in service.fetches}

# No test waits so long unless it fails.
LONG_SECONDS = 30


def activity(number: int = 1, *, tag: str | None = None, session: str | None = None) -> WorkItem:
    return WorkItem(
        activity_execute=ActivityExecuteItem(
            instance="order-1",
            execution_id=1,
            id=number,
            name="Charge",
            input="{}",
            tag=tag,
            session_id=session,
        )
    )


def work_fetch(**fields: object) -> FetchWorkItemsRequest:
    """A fetch that waits, with a lock that outlives every test."""
    usual = {
        "lock_timeout": Duration(seconds=60),
        "poll_timeout": Duration(seconds=LONG_SECONDS),
    }
    return FetchWorkItemsRequest(**{**usual, **fields})  # type: ignore[arg-type]


def work_look(**fields: object) -> FetchWorkItemsRequest:
    """A fetch that does not wait."""
    request = work_fetch(**fields)
    request.ClearField("poll_timeout")
    return request


class ProviderTest(IsolatedAsyncioTestCase):
    """A test with a fresh provider in memory."""

    async def asyncSetUp(self) -> None:
        self.database = Database(":memory:")
        self.provider = Provider(self.database)
        self.addCleanup(self.database.close)

    async def call(self, name: str, request: Message) -> Message:
        method = METHODS[name]
        reply = await self.provider.call(method, request.SerializeToString())
        return method.reply.FromString(reply)

    async def fetch_work(self, request: FetchWorkItemsRequest) -> FetchWorkItemsResponse:
        raw = request.SerializeToString()
        fetch = self.provider.fetch(FETCHES["FetchWorkItems"], raw, LONG_SECONDS)
        async with fetch as reply:
            return FetchWorkItemsResponse.FromString(reply)

    async def fetch_turns(self, **fields: object) -> FetchOrchestrationItemsResponse:
        request = FetchOrchestrationItemsRequest(lock_timeout=Duration(seconds=60), **fields)  # type: ignore[arg-type]
        raw = request.SerializeToString()
        fetch = self.provider.fetch(FETCHES["FetchOrchestrationItems"], raw, LONG_SECONDS)
        async with fetch as reply:
            return FetchOrchestrationItemsResponse.FromString(reply)

    async def fail_to_deliver(self, request: FetchWorkItemsRequest) -> None:
        """Fetches for a caller who is gone when the reply is there."""
        raw = request.SerializeToString()
        with self.assertRaises(ConnectionError):
            async with self.provider.fetch(FETCHES["FetchWorkItems"], raw, LONG_SECONDS):
                raise ConnectionError

    async def create_store(self) -> str:
        reply = await self.call("CreateStore", CreateStoreRequest())
        assert isinstance(reply, CreateStoreResponse)
        return reply.store

    async def enqueue_work(self, item: WorkItem, **fields: object) -> None:
        request = EnqueueWorkItemRequest(item=item, **fields)  # type: ignore[arg-type]
        await self.call("EnqueueWorkItem", request)

    async def assert_fails(self, reason: ErrorReason, call: Awaitable[object]) -> str:
        """Awaits a call that has to fail for a reason; returns the message."""
        with self.assertRaises(ProviderError) as raised:
            await call
        self.assertEqual(ErrorReason.Name(raised.exception.reason), ErrorReason.Name(reason))
        return raised.exception.message

    async def until_waiting(self, number: int) -> None:
        """Returns when so many fetches have looked in vain and wait."""
        while self.provider.number_waiting() < number:
            await asyncio.sleep(0)
