"""Page tokens (ADMIN-1, WIRE-9).

A token holds the last entry of a page, and for which request it was made: for another method,
store, instance or filter it is worth nothing. The size of the page may change on the way.
"""

import copy
import hashlib
import re
import sqlite3

from duroxide.provider.v1.admin_service_pb2 import (
    ListChildrenRequest,
    ListExecutionsRequest,
    ListInstancesRequest,
)

from .errors import invalid
from .limits import MAX_PAGE_SIZE

PagedRequest = ListChildrenRequest | ListExecutionsRequest | ListInstancesRequest


def token(request: PagedRequest, last: int) -> str:
    """The token for the page after the entry `last`."""
    scope = copy.deepcopy(request)
    scope.ClearField("page_size")
    scope.ClearField("page_token")
    made_for = f"{scope.DESCRIPTOR.full_name} {last} ".encode() + scope.SerializeToString()
    return f"{last}-{hashlib.sha256(made_for).hexdigest()[:32]}"


def last_seen(request: PagedRequest) -> int | None:
    """The entry that the page comes after; None on the first page."""
    if not request.page_token:
        return None
    match = re.fullmatch(r"([0-9]{1,19})-[0-9a-f]{32}", request.page_token)
    if match is None or token(request, int(match[1])) != request.page_token:
        invalid("page_token", "take it from the reply before, for the same request")
    return int(match[1])


def page(
    request: PagedRequest, rows: list[sqlite3.Row], column: str
) -> tuple[list[sqlite3.Row], str]:
    """The rows of the page and the token of the next, out of one row more than fits."""
    size = page_size(request)
    more = len(rows) > size
    return rows[:size], token(request, rows[size - 1][column]) if more else ""


def page_size(request: PagedRequest) -> int:
    """How many entries a page has."""
    return request.page_size or MAX_PAGE_SIZE
