"""Moments and durations.

The provider's clock decides everything (CONTRACT.md, "Now"). Inside, a moment is a number of
microseconds since the Unix epoch; on the wire, of milliseconds. A lock must not end early
(FETCH-1), so durations are rounded up.
"""

import time

from google.protobuf.duration_pb2 import Duration

from .limits import MAX_NUMBER


def now() -> int:
    """The provider's clock."""
    return time.time_ns() // 1000


def microseconds(duration: Duration) -> int:
    """A duration, rounded up; an absent one is 0."""
    return duration.seconds * 1_000_000 - -duration.nanos // 1000


def from_ms(milliseconds: int) -> int:
    """A moment from the wire; what SQLite cannot store is as good as never."""
    return min(milliseconds * 1000, MAX_NUMBER)


def to_ms(moment: int) -> int:
    """A moment for the wire."""
    return moment // 1000
