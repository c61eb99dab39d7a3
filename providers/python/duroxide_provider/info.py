"""What the provider is and offers (WIRE-10)."""

from duroxide.provider.v1 import provider_service_pb2 as pb
from duroxide.provider.v1.provider_service_pb2 import (
    GetProviderInfoRequest,
    GetProviderInfoResponse,
    ProviderLimits,
)
from google.protobuf.duration_pb2 import Duration

from . import __version__, limits, moments
from .store.sqlite import Transaction

CONTRACT_VERSION = "1.0"
CAPABILITIES = [
    pb.CAPABILITY_ADMIN,
    pb.CAPABILITY_LONG_POLLING,
    pb.CAPABILITY_IDEMPOTENT_REQUESTS,
    pb.CAPABILITY_INSTANCE_STATS,
    pb.CAPABILITY_BATCH_FETCH,
    pb.CAPABILITY_HISTORY_ON_DEMAND,
]
TEST_CAPABILITIES = [pb.CAPABILITY_ISOLATED_STORES, pb.CAPABILITY_CORRUPTION_HOOK]


def get_provider_info(
    tx: Transaction, request: GetProviderInfoRequest, *, test_service: bool
) -> GetProviderInfoResponse:
    """GetProviderInfo; the test capabilities only where the test service is served."""
    return GetProviderInfoResponse(
        name="python-sqlite",
        version=__version__,
        contract_version=CONTRACT_VERSION,
        capabilities=CAPABILITIES + (TEST_CAPABILITIES if test_service else []),
        limits=ProviderLimits(
            max_message_bytes=limits.MAX_MESSAGE_BYTES,
            max_batch_items=limits.MAX_BATCH_ITEMS,
            max_poll_timeout=Duration(seconds=limits.MAX_POLL_SECONDS),
        ),
        now_ms=moments.to_ms(tx.now),
    )
