"""Sessions and who holds them (SESS-1 to SESS-3)."""

from duroxide.provider.v1.provider_service_pb2 import (
    CleanupOrphanedSessionsRequest,
    CleanupOrphanedSessionsResponse,
    RenewSessionLocksRequest,
    RenewSessionLocksResponse,
)

from . import moments
from .store.sqlite import Transaction, text_list


class Claim:
    """A session that a fetch claims for an owner, until it is given back (SESS-1, WIRE-4)."""

    def __init__(self, tx: Transaction, session: str, owner: str, ends_at: int) -> None:
        self._session = session
        self._before = tx.row(
            "SELECT owner, ends_at, active_at FROM sessions"
            " WHERE store = :store AND session = :session",
            session=session,
        )
        self._claimed = {"owner": owner, "ends_at": ends_at, "active_at": tx.now}
        self._write(tx, **self._claimed)

    def give_back(self, tx: Transaction) -> None:
        """Makes the session what it was, unless it has been used since."""
        unused = tx.change(
            "DELETE FROM sessions WHERE store = :store AND session = :session"
            " AND owner = :owner AND ends_at = :ends_at AND active_at = :active_at",
            session=self._session,
            **self._claimed,
        )
        if unused and self._before is not None:
            self._write(tx, **dict(self._before))

    def _write(self, tx: Transaction, **values: object) -> None:
        tx.change(
            "INSERT INTO sessions (store, session, owner, ends_at, active_at)"
            " VALUES (:store, :session, :owner, :ends_at, :active_at)"
            " ON CONFLICT DO UPDATE SET owner = excluded.owner, ends_at = excluded.ends_at,"
            " active_at = excluded.active_at",
            session=self._session,
            **values,
        )


def touch(tx: Transaction, session: str | None) -> None:
    """One of the session's items was acked or renewed: it is active, while it is held (SESS-2)."""
    tx.change(
        "UPDATE sessions SET active_at = :now"
        " WHERE store = :store AND session = :session AND ends_at > :now",
        session=session,
    )


def next_moment(tx: Transaction) -> int | None:
    """When the next session runs out, and its items are anybody's (WIRE-5)."""
    moment: int | None = tx.value(
        "SELECT min(ends_at) FROM sessions WHERE store = :store AND ends_at > :now"
    )
    return moment


def renew_locks(tx: Transaction, request: RenewSessionLocksRequest) -> RenewSessionLocksResponse:
    """RenewSessionLocks (SESS-2): never revives a session that ran out."""
    renewed = tx.change(
        "UPDATE sessions SET ends_at = :ends_at WHERE store = :store AND ends_at > :now"
        " AND :now - active_at < :idle AND owner IN (SELECT value FROM json_each(:owners))",
        ends_at=tx.now + moments.microseconds(request.extend_for),
        idle=moments.microseconds(request.idle_timeout),
        owners=text_list(request.owner_ids),
    )
    return RenewSessionLocksResponse(renewed_count=renewed)


def cleanup_orphaned(
    tx: Transaction, request: CleanupOrphanedSessionsRequest
) -> CleanupOrphanedSessionsResponse:
    """CleanupOrphanedSessions (SESS-3): by lock and items alone; the hint is not needed."""
    removed = tx.change(
        "DELETE FROM sessions AS s WHERE store = :store AND ends_at <= :now"
        " AND NOT EXISTS (SELECT 1 FROM worker_queue w"
        "                 WHERE w.store = s.store AND w.session = s.session)"
    )
    return CleanupOrphanedSessionsResponse(removed_count=removed)
