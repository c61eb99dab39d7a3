"""What conformance tests need beyond the contract's own services (WIRE-1, FETCH-6, FETCH-8)."""

import secrets

from duroxide.provider.testing.v1.test_service_pb2 import (
    CorruptInstanceHistoryRequest,
    CorruptInstanceHistoryResponse,
    CreateStoreRequest,
    CreateStoreResponse,
    DropStoreRequest,
    DropStoreResponse,
    GetMaxAttemptCountRequest,
    GetMaxAttemptCountResponse,
)

from . import history
from .errors import instance_not_found
from .store.sqlite import Transaction

# No protobuf message begins like this: it is a field of a wire type that does not exist.
UNREADABLE = b"\xff\xff\xff\xff"


def create_store(tx: Transaction, request: CreateStoreRequest) -> CreateStoreResponse:
    """CreateStore (WIRE-1): under a name that no store has or had."""
    name = secrets.token_hex(16)
    tx.change(
        "INSERT INTO stores (name, label) VALUES (:name, :label)", name=name, label=request.label
    )
    return CreateStoreResponse(store=name)


def drop_store(tx: Transaction, request: DropStoreRequest) -> DropStoreResponse:
    """DropStore (WIRE-1): the schema lets everything go with the store."""
    tx.change("DELETE FROM stores WHERE id = :store")
    tx.change("DELETE FROM requests WHERE store_name = :name", name=request.store)
    return DropStoreResponse()


def corrupt_instance_history(
    tx: Transaction, request: CorruptInstanceHistoryRequest
) -> CorruptInstanceHistoryResponse:
    """CorruptInstanceHistory (FETCH-8)."""
    execution = history.current_execution(tx, request.instance)
    if execution is None:
        instance_not_found(request.instance)
    corrupted = tx.change(
        "UPDATE events SET event = :unreadable"
        " WHERE store = :store AND instance = :instance AND execution = :execution",
        unreadable=UNREADABLE,
        instance=request.instance,
        execution=execution,
    )
    return CorruptInstanceHistoryResponse(corrupted_event_count=corrupted)


def get_max_attempt_count(
    tx: Transaction, request: GetMaxAttemptCountRequest
) -> GetMaxAttemptCountResponse:
    """GetMaxAttemptCount (FETCH-6)."""
    attempts = tx.value(
        "SELECT coalesce(max(attempts), 0) FROM orchestrator_queue"
        " WHERE store = :store AND instance = :instance",
        instance=request.instance,
    )
    return GetMaxAttemptCountResponse(attempt_count=attempts)
