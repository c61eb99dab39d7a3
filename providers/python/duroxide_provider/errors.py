"""Errors that carry a reason (WIRE-2, CONTRACT.md "Errors").

Code and retryability of a reason are read from the options of the enum `ErrorReason`, where the
contract has them.
"""

from typing import NoReturn

from duroxide.provider.v1 import errors_pb2
from duroxide.provider.v1.errors_pb2 import ErrorDetail, ErrorReason, ReasonRule, Status

MAX_MESSAGE_CHARACTERS = 200


class ProviderError(Exception):
    """A request that fails, and why. The message is for people."""

    def __init__(self, reason: ErrorReason, message: str) -> None:
        # Names in it may be of any length, but gRPC's headers are not.
        self.message = message[:MAX_MESSAGE_CHARACTERS]
        super().__init__(self.message)
        self.reason = reason

    @property
    def rule(self) -> ReasonRule:
        """What the contract fixes for the reason."""
        options = ErrorReason.DESCRIPTOR.values_by_number[self.reason].GetOptions()
        rule: object = options.Extensions[errors_pb2.reason_rule]  # type: ignore[index]
        assert isinstance(rule, ReasonRule)
        return rule

    def status(self, operation: str) -> Status:
        """The value of the trailer `grpc-status-details-bin`."""
        rule = self.rule
        status = Status(code=rule.code, message=self.message)
        status.details.add().Pack(
            ErrorDetail(
                operation=operation,
                reason=self.reason,
                retryable=rule.retryable,
                message=self.message,
            )
        )
        return status


def invalid(field: str, what: str) -> NoReturn:
    """A field is missing or malformed (WIRE-9)."""
    raise ProviderError(errors_pb2.ERROR_REASON_INVALID_REQUEST, f"{field}: {what}")


def lock_lost(token: str) -> NoReturn:
    """The caller does not hold the lock, or no longer."""
    raise ProviderError(
        errors_pb2.ERROR_REASON_LOCK_LOST,
        f'no live lock has the token "{token}": it is unknown, ran out, or its item is gone',
    )


def instance_not_found(instance: str) -> NoReturn:
    """The call asks for an instance that has no record."""
    raise ProviderError(
        errors_pb2.ERROR_REASON_INSTANCE_NOT_FOUND, f'there is no instance "{instance}"'
    )
