"""Requests that are sent again (WIRE-7).

The first final outcome is stored in the transaction that has the effect: both are there after a
crash, or neither is.
"""

import hashlib
from collections.abc import Callable

from duroxide.provider.v1 import errors_pb2
from google.protobuf.message import Message

from .errors import ProviderError, invalid
from .store.sqlite import Transaction

KEPT_FOR = 10 * 60 * 1_000_000  # Twice what the contract asks for.
SUCCESS = errors_pb2.ERROR_REASON_UNSPECIFIED
NOT_REMEMBERED = frozenset(
    {
        errors_pb2.ERROR_REASON_STORE_BUSY,
        errors_pb2.ERROR_REASON_INVALID_REQUEST,
        errors_pb2.ERROR_REASON_INTERNAL,
    }
)


def once(
    tx: Transaction,
    request_id: str,
    request: Message,
    reply_type: type[Message],
    carry_out: Callable[[], Message],
) -> Message | ProviderError:
    """The outcome of a request: the one that is remembered, or else of carrying it out.

    An error that is remembered is returned and not raised: a transaction that raises is undone.
    """
    name = request.DESCRIPTOR.full_name.encode()
    content = request.SerializeToString(deterministic=True)
    fingerprint = hashlib.sha256(name + b"\0" + content).digest()
    row = tx.row(
        "SELECT fingerprint, reason, outcome FROM requests"
        " WHERE store_name = :store_name AND request_id = :request_id AND made_at > :oldest",
        store_name=tx.store_name,
        request_id=request_id,
        oldest=tx.now - KEPT_FOR,
    )
    if row is not None:
        if row["fingerprint"] != fingerprint:
            invalid("request_id", "belongs to another request; take a new one")
        if row["reason"] == SUCCESS:
            return reply_type.FromString(row["outcome"])
        return ProviderError(row["reason"], row["outcome"].decode())
    outcome: Message | ProviderError
    try:
        with tx.all_or_nothing():
            outcome = carry_out()
    except ProviderError as error:
        if error.reason in NOT_REMEMBERED:
            raise
        outcome = error
    _remember(tx, request_id, fingerprint, outcome)
    return outcome


def _remember(
    tx: Transaction, request_id: str, fingerprint: bytes, outcome: Message | ProviderError
) -> None:
    if isinstance(outcome, ProviderError):
        reason, content = outcome.reason, outcome.message.encode()
    else:
        reason, content = SUCCESS, outcome.SerializeToString()
    tx.change("DELETE FROM requests WHERE made_at <= :oldest", oldest=tx.now - KEPT_FOR)
    tx.change(
        "INSERT INTO requests (store_name, request_id, fingerprint, reason, outcome, made_at)"
        " VALUES (:store_name, :request_id, :fingerprint, :reason, :outcome, :now)",
        store_name=tx.store_name,
        request_id=request_id,
        fingerprint=fingerprint,
        reason=reason,
        outcome=content,
    )
