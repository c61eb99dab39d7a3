"""What is wrong with a request, looking at nothing but the request (WIRE-9).

One walk over the message with rules by the names of fields, which mean the same wherever they
stand. The kind of an event and the details of an error are payload: of them only NUL is refused.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from duroxide.provider.v1.event_pb2 import ErrorDetails, Event
from duroxide.provider.v1.orchestration_pb2 import TagFilter
from duroxide.provider.v1.work_item_pb2 import WorkItem
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from . import paging
from .errors import invalid
from .limits import MAX_NUMBER, MAX_PAGE_SIZE, MAX_REQUEST_ID_BYTES, MAX_TAGS

# Texts that name something; where they are optional they may be absent, but never empty.
NAMES = frozenset(
    {
        "instance",
        "instances",
        "instance_id",
        "ids",
        "parent_instance",
        "parent_instance_id",
        "lock_token",
        "owner_id",
        "owner_ids",
    }
)
# What else must be there, by message.
REQUIRED = {
    "ActivityExecuteItem": {"name"},
    "AckOrchestrationItemRequest": {"execution_id"},
    "AppendHistoryRequest": {"execution_id"},
    "ContinueAsNewItem": {"orchestration"},
    "DropStoreRequest": {"store"},
    "EnqueueOrchestratorItemRequest": {"item"},
    "EnqueueWorkItemRequest": {"item"},
    "Event": {"event_id"},
    "GetExecutionInfoRequest": {"execution_id"},
    "SemanticVersionRange": {"min", "max"},
    "StartOrchestrationItem": {"orchestration"},
}
# Durations that must be there and be more than zero.
LEASES = frozenset({"lock_timeout", "extend_for"})

COMPLETIONS = frozenset({"activity_completed", "activity_failed"})
ACTIVITIES = frozenset({"activity_execute"})
MESSAGES = frozenset(kind.name for kind in WorkItem.DESCRIPTOR.fields) - ACTIVITIES
# Which kinds of work items a field takes, by the field's name and its message's.
KINDS = {
    "EnqueueOrchestratorItemRequest.item": MESSAGES,
    "EnqueueWorkItemRequest.item": ACTIVITIES,
    "AckOrchestrationItemRequest.orchestrator_items": MESSAGES,
    "AckOrchestrationItemRequest.worker_items": ACTIVITIES,
    "AckWorkItemRequest.completion": COMPLETIONS,
}
# How many tags each mode takes (TAG-1).
NO_TAGS, SOME_TAGS = (0, 0), (1, MAX_TAGS)
TAG_COUNTS = {
    TagFilter.MODE_UNSPECIFIED: NO_TAGS,
    TagFilter.MODE_DEFAULT_ONLY: NO_TAGS,
    TagFilter.MODE_TAGS: SOME_TAGS,
    TagFilter.MODE_DEFAULT_AND: SOME_TAGS,
    TagFilter.MODE_ANY: NO_TAGS,
    TagFilter.MODE_NONE: NO_TAGS,
}
MAX_DURATION_SECONDS = 315_576_000_000
NANOS = 1_000_000_000


def check(request: Message, raw: bytes) -> None:
    """Raises INVALID_REQUEST with the name of the first field that is missing or malformed."""
    _check_message(request, "")
    # Texts without NUL are the rule, and then nothing of the payload needs a look.
    if b"\0" in raw:
        _check_texts(request, "")
    if isinstance(request, paging.PagedRequest):
        paging.last_seen(request)


def _check_message(message: Message, path: str) -> None:
    for name, is_message in _required(message.DESCRIPTOR):
        if not (message.HasField(name) if is_message else getattr(message, name)):
            invalid(path + name, "is missing, empty or zero; give one")
    if isinstance(message, Event | WorkItem) and message.WhichOneof("kind") is None:
        invalid(path + "kind", "none is set; set the one that it is")
    if isinstance(message, TagFilter):
        _check_tags(message, path)
    for field, value in message.ListFields():
        if not _is_payload(field):
            for where, one in _each(field, value, path):
                _check_value(message, field, one, where)


@cache
def _required(descriptor: Descriptor) -> list[tuple[str, bool]]:
    """The fields that have to be there, and whether they are messages."""
    names = REQUIRED.get(descriptor.name, set()) | LEASES
    return [
        (field.name, field.message_type is not None)
        for field in descriptor.fields
        if field.name in names
        or (field.name in NAMES and not field.has_presence and not field.is_repeated)
    ]


def _is_payload(field: FieldDescriptor) -> bool:
    if field.message_type is None:
        return False
    return (
        field.containing_type is Event.DESCRIPTOR or field.message_type is ErrorDetails.DESCRIPTOR
    )


def _each(field: FieldDescriptor, value: object, path: str) -> Iterator[tuple[str, object]]:
    """The values of a field, each with the text that names it in a message."""
    if field.is_repeated:
        assert isinstance(value, Iterable)
        for position, one in enumerate(value):
            yield f"{path}{field.name}[{position}]", one
    else:
        yield path + field.name, value


def _check_value(message: Message, field: FieldDescriptor, value: object, where: str) -> None:
    parent = message.DESCRIPTOR.name
    if isinstance(value, str):
        _check_text(field, value, where)
    elif isinstance(value, Duration):
        _check_duration(field, value, where)
    elif isinstance(value, WorkItem):
        kind = value.WhichOneof("kind")
        kinds = KINDS[f"{parent}.{field.name}"]
        if kind is not None and kind not in kinds:
            invalid(where, f"{kind} does not belong here; take {' or '.join(sorted(kinds))}")
        _check_message(value, where + ".")
    elif isinstance(value, Message):
        _check_message(value, where + ".")
    elif isinstance(value, int):
        _check_number(field, value, where)
        if field.name == "execution_id" and value == 0 and parent.endswith("Request"):
            invalid(where, "is zero; executions are counted from 1")


def _check_text(field: FieldDescriptor, text: str, where: str) -> None:
    if not text and field.name in NAMES:
        invalid(where, "is empty; leave it out or name one")
    if field.name == "request_id" and not 1 <= len(text.encode()) <= MAX_REQUEST_ID_BYTES:
        invalid(where, f"has {len(text.encode())} bytes; take 1 to {MAX_REQUEST_ID_BYTES}")


def _check_duration(field: FieldDescriptor, duration: Duration, where: str) -> None:
    seconds, nanos = duration.seconds, duration.nanos
    if abs(seconds) > MAX_DURATION_SECONDS or abs(nanos) >= NANOS or seconds * nanos < 0:
        invalid(where, f"{seconds} s and {nanos} ns is no well-formed duration")
    if seconds < 0 or nanos < 0:
        invalid(where, "is negative")
    if field.name in LEASES and not seconds and not nanos:
        invalid(where, "is zero; take more")


def _check_number(field: FieldDescriptor, number: int, where: str) -> None:
    if field.enum_type is not None:
        # An optional enum that is given says something; any other may be left at zero.
        if number not in field.enum_type.values_by_number or (field.has_presence and number == 0):
            invalid(where, f"{number} is not a value of {field.enum_type.name}")
    elif number > MAX_NUMBER:
        invalid(where, f"{number} is more than {MAX_NUMBER}")
    elif field.name == "page_size" and number > MAX_PAGE_SIZE:
        invalid(where, f"{number} is more than {MAX_PAGE_SIZE}")


def _check_tags(tag_filter: TagFilter, path: str) -> None:
    at_least, at_most = TAG_COUNTS.get(tag_filter.mode, (0, MAX_TAGS))
    if not at_least <= len(tag_filter.tags) <= at_most:
        invalid(
            path + "tags",
            f"{len(tag_filter.tags)} are given, and this mode takes {at_least} to {at_most}",
        )


def _check_texts(message: Message, path: str) -> None:
    for field, value in message.ListFields():
        for where, one in _each(field, value, path):
            if isinstance(one, Message):
                _check_texts(one, where + ".")
            elif isinstance(one, str) and "\0" in one:
                invalid(where, "holds the character NUL")
