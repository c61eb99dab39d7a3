import asyncio
import sqlite3
import tempfile
from pathlib import Path
from unittest import mock

from duroxide.provider.v1 import errors_pb2

from duroxide_provider.errors import ProviderError
from duroxide_provider.provider import Provider
from duroxide_provider.store import sqlite
from duroxide_provider.store.sqlite import Database, Transaction

from .harness import ProviderTest, activity, work_fetch, work_look


class StoreTest(ProviderTest):
    """A database in a file."""

    async def asyncSetUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = str(Path(folder.name) / "provider.db")
        self.open()

    def open(self) -> None:
        self.database = Database(self.path)
        self.provider = Provider(self.database)
        self.addCleanup(self.database.close)

    def other_connection(self) -> sqlite3.Connection:
        other = sqlite3.connect(self.path, isolation_level=None)
        self.addCleanup(other.close)
        return other

    async def test_what_was_answered_is_there_after_the_end(self) -> None:
        await self.enqueue_work(activity(1))
        self.database.close()
        self.open()
        self.assertEqual(len((await self.fetch_work(work_look())).items), 1)

    async def test_requests_at_the_same_time_share_a_commit(self) -> None:
        other = self.other_connection()
        work = asyncio.gather(*(self.enqueue_work(activity(number)) for number in range(1, 21)))
        seen = set()
        while not work.done():
            seen.add(other.execute("SELECT count(*) FROM worker_queue").fetchone()[0])
            await asyncio.sleep(0)
        self.assertEqual(seen, {0, 20})

    async def test_one_that_fails_takes_no_other_with_it(self) -> None:
        def fail(tx: Transaction) -> None:
            tx.change("INSERT INTO stores (name, label) VALUES ('half', '')")
            raise ProviderError(errors_pb2.ERROR_REASON_INTERNAL, "on purpose")

        enqueue = asyncio.create_task(self.enqueue_work(activity(1)))
        await asyncio.sleep(0)
        with self.assertRaises(ProviderError):
            self.database.run("", fail)
        await enqueue
        half = self.database.run(
            "", lambda tx: tx.value("SELECT 1 FROM stores WHERE name = 'half'")
        )
        self.assertIsNone(half)
        self.assertEqual(len((await self.fetch_work(work_look())).items), 1)

    async def test_a_commit_that_fails_fails_all_who_wait_for_it(self) -> None:
        def break_the_commit(tx: Transaction) -> None:
            tx.change("PRAGMA defer_foreign_keys = ON")
            tx.change("INSERT INTO kv (store, instance, key, entry) VALUES (99, 'i', 'k', '')")

        enqueue = asyncio.create_task(self.enqueue_work(activity(1)))
        await asyncio.sleep(0)
        self.database.run("", break_the_commit)
        await self.assert_fails(errors_pb2.ERROR_REASON_INTERNAL, enqueue)
        self.assertEqual(len((await self.fetch_work(work_look())).items), 0)

    async def test_busy_is_retryable(self) -> None:
        with mock.patch.object(sqlite, "BUSY_SECONDS", 0.0):
            self.open()
        other = self.other_connection()
        other.execute("BEGIN IMMEDIATE")
        await self.assert_fails(errors_pb2.ERROR_REASON_STORE_BUSY, self.enqueue_work(activity(1)))
        other.execute("ROLLBACK")
        await self.enqueue_work(activity(1))

    async def test_another_process_is_heard_of(self) -> None:
        waiting = asyncio.create_task(self.fetch_work(work_fetch()))
        await self.until_waiting(1)
        await self.database.committed()
        mine = self.provider
        self.open()
        await self.enqueue_work(activity(1))
        await mine.look_at_changes_of_others()
        self.assertEqual(len((await waiting).items), 1)

    async def test_a_newer_schema_is_refused(self) -> None:
        self.database.close()
        other = sqlite3.connect(self.path)
        other.execute("PRAGMA user_version = 99")
        other.close()
        with self.assertRaisesRegex(RuntimeError, "version 99"):
            Database(self.path)
