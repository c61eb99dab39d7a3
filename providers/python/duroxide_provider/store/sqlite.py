"""One SQLite database: durability, transactions, and what a request sees of them.

A request is all or nothing (ACK-1) and, once answered, on disk: WAL with `synchronous=FULL`, whose
commit waits for the disk. All work is done on the event loop's thread, so that requests come one
after the other. Only the commit is done on a thread of its own. What comes meanwhile waits for its
end and then shares the next transaction, each request in a savepoint: many requests, one wait for
the disk. Other processes may use the file at the same time: every transaction takes the write lock
when it begins.
"""

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import resources
from typing import Any, TypeVar

from duroxide.provider.v1 import errors_pb2

from .. import moments
from ..errors import ProviderError

T = TypeVar("T")

SCHEMA_VERSION = 1
BUSY_SECONDS = 5.0
RETRY_SECONDS = 0.01


class Transaction:
    """What one request sees: one store at one moment.

    Every statement can use `:store` and `:now` besides the values that it is given.
    """

    def __init__(self, connection: sqlite3.Connection, store_name: str) -> None:
        self._connection = connection
        self._store: int | None = None
        self.store_name = store_name
        self.now = moments.now()

    def open_store(self) -> None:
        """Finds the store; an unknown one is STORE_NOT_FOUND (WIRE-1)."""
        self._store = self.value("SELECT id FROM stores WHERE name = :name", name=self.store_name)
        if self._store is None:
            raise ProviderError(
                errors_pb2.ERROR_REASON_STORE_NOT_FOUND, f'there is no store "{self.store_name}"'
            )

    def rows(self, sql: str, **values: object) -> list[sqlite3.Row]:
        """All rows of a query."""
        return self._execute(sql, values).fetchall()

    def row(self, sql: str, **values: object) -> sqlite3.Row | None:
        """The first row of a query, if there is one."""
        row: sqlite3.Row | None = self._execute(sql, values).fetchone()
        return row

    def value(self, sql: str, **values: object) -> Any:
        """The first column of the first row; None where there is no row."""
        row = self.row(sql, **values)
        return row[0] if row else None

    def change(self, sql: str, **values: object) -> int:
        """Inserts, updates or deletes; returns how many rows."""
        return self._execute(sql, values).rowcount

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """Undoes what the body changed where it raises."""
        self._connection.execute("SAVEPOINT step")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO step")
            raise
        finally:
            self._connection.execute("RELEASE step")

    def _execute(self, sql: str, values: dict[str, object]) -> sqlite3.Cursor:
        return self._connection.execute(sql, {"store": self._store, "now": self.now, **values})


def text_list(texts: Iterable[str]) -> str:
    """A value for `IN (SELECT value FROM json_each(:values))`."""
    return json.dumps(list(texts))


class Database:
    """The connection. Used on the event loop's thread only."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._connection.row_factory = sqlite3.Row
        self._committer = ThreadPoolExecutor(max_workers=1)
        # The end of the transaction that is open, and of the one that is being written.
        self._open: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None
        self._changes_before = 0
        self._use_wal()
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("PRAGMA foreign_keys = ON")
        self._make_schema()
        self._seen_version = self._data_version()

    async def ready(self) -> None:
        """Waits until work can be done. It has to begin before anything else is awaited."""
        while self._writing is not None:
            await asyncio.wait([self._writing])

    def run(self, store_name: str, work: Callable[[Transaction], T]) -> T:
        """Does the work in the open transaction: all of it or, where it raises, nothing.

        The caller has awaited `ready()`, and awaits `committed()` before it tells of the result.
        """
        try:
            self._begin()
            tx = Transaction(self._connection, store_name)
            with tx.all_or_nothing():
                return work(tx)
        except sqlite3.Error as error:
            raise _translated(error) from error

    async def committed(self) -> None:
        """Waits until what was run just now is on disk."""
        if self._open is not None:
            # The others of the transaction go on where one waiter is cancelled.
            await asyncio.shield(self._open)

    def changed_by_others(self) -> bool:
        """Whether another process has committed since the last call; `ready()` as for `run`."""
        before, self._seen_version = self._seen_version, self._data_version()
        return self._seen_version != before

    def close(self) -> None:
        """Ends the use of the file; what is committed stays."""
        self._committer.shutdown()
        self._connection.close()

    def _begin(self) -> None:
        assert self._writing is None
        if self._open is None:
            self._connection.execute("BEGIN IMMEDIATE")
            self._changes_before = self._connection.total_changes
            loop = asyncio.get_running_loop()
            self._open = loop.create_future()
            loop.call_soon(self._end)
        elif not self._connection.in_transaction:
            # SQLite itself gave the transaction up, for example on a full disk.
            raise ProviderError(errors_pb2.ERROR_REASON_INTERNAL, "the transaction was given up")

    def _end(self) -> None:
        self._writing, self._open = self._open, None
        if self._connection.total_changes == self._changes_before:
            self._tell(self._commit())  # Nothing to write, so nothing to wait for.
        else:
            writing = asyncio.get_running_loop().run_in_executor(self._committer, self._commit)
            writing.add_done_callback(lambda done: self._tell(done.result()))

    def _commit(self) -> sqlite3.Error | None:
        try:
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return error
        return None

    def _tell(self, error: sqlite3.Error | None) -> None:
        written, self._writing = self._writing, None
        assert written is not None
        if error is None:
            written.set_result(None)
        else:
            written.set_exception(_translated(error))
            written.exception()  # It may be that nobody waits; then it is no news.

    def _use_wal(self) -> None:
        """Switches to the write-ahead log, or fails: without it, FULL means something else."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                mode = self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
                break
            except sqlite3.OperationalError:
                # Here SQLite does not wait by itself for another process that does the same.
                if time.monotonic() > deadline:
                    raise
                time.sleep(RETRY_SECONDS)
        if mode not in ("wal", "memory"):
            raise RuntimeError(f'SQLite keeps its journal as "{mode}" there; take a local disk')

    def _make_schema(self) -> None:
        version = self._connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            schema = resources.files(__package__).joinpath("schema.sql").read_text()
            ending = f"PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            self._connection.executescript(f"BEGIN IMMEDIATE; {schema} {ending}")
        elif version != SCHEMA_VERSION:
            raise RuntimeError(f"its schema is version {version}, this program's {SCHEMA_VERSION}")

    def _data_version(self) -> int:
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        assert isinstance(version, int)
        return version


def _translated(error: sqlite3.Error) -> ProviderError:
    """Busy is retryable and never a failure (CONTRACT.md, "Busy taken for failed")."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ProviderError(errors_pb2.ERROR_REASON_STORE_BUSY, f"the database is busy: {error}")
    return ProviderError(errors_pb2.ERROR_REASON_INTERNAL, f"the database failed: {error}")
