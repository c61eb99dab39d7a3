"""One request: from its bytes to the bytes of its reply, in one transaction.

Size (WIRE-8), input (WIRE-9), store (WIRE-1) and request id (WIRE-7) are seen to here, once for all
methods; so is what a fetch needs: waiting (WIRE-5), and giving back what cannot be delivered
(WIRE-4).
"""

import asyncio
import copy
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.provider_service_pb2 import FetchWorkItemsRequest
from google.protobuf.message import DecodeError, Message

from . import moments, requests, validation
from .errors import ProviderError, invalid
from .fetched import Fetched
from .limits import MAX_MESSAGE_BYTES, MAX_POLL_SECONDS
from .methods import FetchMethod, FetchRequest, Method
from .store.sqlite import Database, Transaction
from .waiting import Queue, Waiting

M = TypeVar("M", bound=Message)
T = TypeVar("T")


class Provider:
    """A database, and those who wait for its work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting = Waiting()

    async def call(self, method: Method, raw: bytes) -> bytes:
        """Answers a request; raises `ProviderError` where it fails."""
        request = _parsed(method.request, raw)
        store = getattr(request, "store", "")
        request_id = getattr(request, "request_id", "")

        def work(tx: Transaction) -> Message | ProviderError:
            def carry_out() -> Message:
                tx.open_store()
                return method.answer(tx, request)

            if not request_id:
                return carry_out()
            return requests.once(tx, request_id, request, method.reply, carry_out)

        outcome: Message | ProviderError
        await self._database.ready()
        try:
            outcome = self._database.run(store, work)
        except ProviderError as error:
            outcome = error
        if method.changes:
            self._waiting.changed(store)
        # An error waits too: it may come from what others did in the same transaction.
        await self._database.committed()
        if isinstance(outcome, ProviderError):
            raise outcome
        reply = outcome.SerializeToString()
        if len(reply) > MAX_MESSAGE_BYTES:
            raise _too_large("the reply", len(reply))
        return reply

    @asynccontextmanager
    async def fetch(
        self, method: FetchMethod, raw: bytes, seconds_left: float
    ) -> AsyncIterator[bytes]:
        """Fetches, and waits where nothing is there, but no longer than the caller does.

        What was taken is given back where the body of the `async with` cannot deliver it.
        """
        request = _parsed(method.request, raw)
        store = request.store
        poll_seconds = moments.microseconds(request.poll_timeout) / 1_000_000
        seconds = min(poll_seconds, MAX_POLL_SECONDS, seconds_left)
        queue = Queue(
            ready=self._database.ready,
            look=lambda: self._in_store(store, lambda tx: method.fetch(tx, request)),
            next_moment=lambda: self._in_store(store, method.next_moment),
        )
        fetched = await self._waiting.take(store, _want(request), seconds, queue)
        try:
            await self._database.committed()
            yield fetched.reply.SerializeToString()
        except BaseException:
            # It is done also where the caller's task is cancelled once more.
            await asyncio.shield(self._give_back(store, fetched))
            raise

    def number_waiting(self) -> int:
        """How many fetches wait."""
        return len(self._waiting)

    async def look_at_changes_of_others(self) -> None:
        """Wakes who waits where another process has written to the same database."""
        if self.number_waiting():
            await self._database.ready()
            if self._database.changed_by_others():
                self._waiting.changed_everywhere()

    def end_waiting(self) -> None:
        """Lets every fetch return with what is there: the server shuts down."""
        self._waiting.close()

    def _in_store(self, store: str, work: Callable[[Transaction], T]) -> T:
        def open_and_work(tx: Transaction) -> T:
            tx.open_store()
            return work(tx)

        return self._database.run(store, open_and_work)

    async def _give_back(self, store: str, fetched: Fetched) -> None:
        if fetched.found:
            await self._database.ready()
            with suppress(ProviderError):  # The store is gone, or the locks will run out.
                self._in_store(store, fetched.give_back)
            self._waiting.changed(store)


def _parsed(request_type: type[M], raw: bytes) -> M:
    if len(raw) > MAX_MESSAGE_BYTES:
        raise _too_large("the request", len(raw))
    try:
        request = request_type.FromString(raw)
    except DecodeError as error:
        invalid("request", f"no well-formed {request_type.DESCRIPTOR.name}: {error}")
    validation.check(request, raw)
    return request


def _too_large(what: str, size: int) -> ProviderError:
    return ProviderError(
        errors_pb2.ERROR_REASON_MESSAGE_TOO_LARGE,
        f"{what} has {size} bytes, and the limit is {MAX_MESSAGE_BYTES}",
    )


def _want(request: FetchRequest) -> Hashable:
    """Which items a fetch may take; not for how long, nor how many."""
    want = copy.deepcopy(request)
    for field in ("lock_timeout", "poll_timeout", "max_items"):
        want.ClearField(field)
    if isinstance(want, FetchWorkItemsRequest) and want.HasField("session"):
        want.session.ClearField("lock_timeout")
    return type(request), want.SerializeToString(deterministic=True)
