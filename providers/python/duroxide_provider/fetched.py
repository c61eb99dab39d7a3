"""What a fetch took (WIRE-3 to WIRE-6)."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from google.protobuf.message import Message

from .limits import MAX_BATCH_ITEMS
from .store.sqlite import Transaction

# What the frame of an item takes in a reply: its lock token, attempts and lengths.
FRAME_BYTES = 64


@dataclass(frozen=True)
class Fetched:
    """A reply, and how to take it back where it cannot be delivered."""

    reply: Message
    found: bool
    give_back: Callable[[Transaction], None]


def new_token() -> str:
    """A lock token that nobody can guess: 128 random bits (FETCH-1, WORK-1)."""
    return secrets.token_hex(16)


def batch_limit(max_items: int) -> int:
    """How many items a fetch returns at most; 0 means one (WIRE-6)."""
    return min(max(1, max_items), MAX_BATCH_ITEMS)
