"""Fetches that wait for work (WIRE-5).

Those that want the same of the same queue stand in one line. A change in their store wakes the
first of each line; it looks, and wakes the next one only where it found something. What comes with
time - a delay, a lock or a session that ends - rings an alarm, and the alarm is a change.

Looking and standing in line happen without a break on the event loop, so no change is missed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from . import moments
from .fetched import Fetched

LONGEST_ALARM_SECONDS = 3600.0

Line = dict[asyncio.Future[None], None]  # In order of arrival, and quick to leave.


@dataclass(frozen=True)
class Queue:
    """What a fetch looks into.

    `ready` waits until a look is possible. `look` takes what is there. `next_moment` tells when
    time alone makes another look worth while.
    """

    ready: Callable[[], Awaitable[None]]
    look: Callable[[], Fetched]
    next_moment: Callable[[], int | None]


@dataclass
class _Store:
    """Who waits in one store, by what they want; and when to look without being told."""

    lines: dict[Hashable, Line] = field(default_factory=dict)
    alarm: asyncio.TimerHandle | None = None


class Waiting:
    """All fetches that wait. Used on the event loop's thread only."""

    def __init__(self) -> None:
        self._stores: dict[str, _Store] = {}
        self._closed = False

    async def take(
        self,
        store: str,
        want: Hashable,
        seconds: float,
        queue: Queue,
    ) -> Fetched:
        """Looks until something is found or the time is over.

        Fetches with the same `want` may take the same items.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            try:
                await queue.ready()
                fetched = queue.look()
            except BaseException:
                self._wake_first(store, want)  # Somebody has to look in its place.
                raise
            if fetched.found:
                self._wake_first(store, want)  # There may be more.
                if store in self._stores:
                    self._set_alarm(store, queue.next_moment())
                return fetched
            left = deadline - loop.time()
            if self._closed or left <= 0 or not await self._wait(store, want, left, queue):
                return fetched

    def changed(self, store: str) -> None:
        """Something was committed that may be work for somebody who waits in the store."""
        for want in list(self._stores[store].lines) if store in self._stores else []:
            self._wake_first(store, want)

    def changed_everywhere(self) -> None:
        """The same for all stores: another process has written."""
        for store in list(self._stores):
            self.changed(store)

    def __len__(self) -> int:
        """How many fetches wait."""
        return sum(len(line) for store in self._stores.values() for line in store.lines.values())

    def close(self) -> None:
        """Ends all waiting, now and from now on: the server shuts down."""
        self._closed = True
        for store in self._stores.values():
            for line in store.lines.values():
                for waiter in line:
                    if not waiter.done():
                        waiter.set_result(None)

    async def _wait(self, store: str, want: Hashable, seconds: float, queue: Queue) -> bool:
        """Stands in line; returns whether to look again."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._stores.setdefault(store, _Store()).lines.setdefault(want, {})[waiter] = None
        self._set_alarm(store, queue.next_moment())
        try:
            await asyncio.wait([waiter], timeout=seconds)
        except asyncio.CancelledError:
            if waiter.done():
                self._wake_first(store, want)  # Somebody has to look in its place.
            raise
        finally:
            self._leave(store, want, waiter)
        return waiter.done() and not self._closed

    def _leave(self, store: str, want: Hashable, waiter: asyncio.Future[None]) -> None:
        here = self._stores[store]
        del here.lines[want][waiter]
        if not here.lines[want]:
            del here.lines[want]
        if not here.lines:
            if here.alarm is not None:
                here.alarm.cancel()
            del self._stores[store]

    def _wake_first(self, store: str, want: Hashable) -> None:
        if store in self._stores:
            for waiter in self._stores[store].lines.get(want, ()):
                if not waiter.done():
                    waiter.set_result(None)
                    return

    def _set_alarm(self, store: str, moment: int | None) -> None:
        if moment is None:
            return
        here = self._stores[store]
        loop = asyncio.get_running_loop()
        seconds = min((moment - moments.now()) / 1_000_000, LONGEST_ALARM_SECONDS)
        if here.alarm is not None:
            if here.alarm.when() <= loop.time() + seconds:
                return
            here.alarm.cancel()
        here.alarm = loop.call_later(seconds, self._ring, store)

    def _ring(self, store: str) -> None:
        self._stores[store].alarm = None
        self.changed(store)
