"""The provider behind gRPC (WIRE-2, WIRE-5, WIRE-8).

Requests come and replies go as bytes: size and form are checked where an error can carry its
detail, and not by gRPC.
"""

import logging
import math
from collections.abc import Awaitable, Callable
from typing import NoReturn

import grpc
from duroxide.provider.v1 import errors_pb2
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from .errors import ProviderError
from .methods import FetchMethod, Method, Service
from .provider import Provider

Context = grpc.aio.ServicerContext[bytes, bytes]

OPTIONS = [
    # The limit is ours to check, with a detail (WIRE-8).
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    # A client that vanished without a word is noticed, and its fetches end (WIRE-5).
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.so_reuseport", 0),
]
CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


class Server:
    """Serves a provider, and says of its health what clients of gRPC expect."""

    def __init__(self, provider: Provider, services: list[Service]) -> None:
        self._provider = provider
        self._server = grpc.aio.server(options=OPTIONS)
        self._health = health.aio.HealthServicer()
        self._names = [service.name for service in services]
        for service in services:
            self._server.add_generic_rpc_handlers([_handlers(provider, service)])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection(
            [*self._names, health.SERVICE_NAME, reflection.SERVICE_NAME], self._server
        )

    def listen(self, address: str) -> str:
        """Takes an address, `HOST:PORT` or `unix:PATH`, and returns it with the port it got."""
        port = self._server.add_insecure_port(address)
        return address if address.startswith("unix:") else f"{address.rpartition(':')[0]}:{port}"

    async def start(self) -> None:
        """Begins to answer."""
        await self._server.start()
        for name in ["", *self._names]:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def stop(self, seconds: float) -> None:
        """Lets calls end, waiting fetches at once, and cancels what takes longer."""
        await self._health.enter_graceful_shutdown()
        self._provider.end_waiting()
        await self._server.stop(seconds)


def _handlers(provider: Provider, service: Service) -> grpc.GenericRpcHandler:
    handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {}
    for method in service.methods:
        handlers[method.name] = grpc.unary_unary_rpc_method_handler(_answering(provider, method))
    for fetch in service.fetches:
        # On the wire a stream of one reply is a unary reply. Here it tells
        # whether the reply could be sent, and a unary handler does not.
        handlers[fetch.name] = grpc.unary_stream_rpc_method_handler(_fetching(provider, fetch))
    return grpc.method_handlers_generic_handler(service.name, handlers)


def _answering(provider: Provider, method: Method) -> Callable[[bytes, Context], Awaitable[bytes]]:
    async def answer(raw: bytes, context: Context) -> bytes:
        try:
            return await provider.call(method, raw)
        except Exception as error:
            await _abort(context, method.name, error)

    return answer


def _fetching(
    provider: Provider, method: FetchMethod
) -> Callable[[bytes, Context], Awaitable[None]]:
    async def fetch(raw: bytes, context: Context) -> None:
        seconds_left = context.time_remaining()
        try:
            async with provider.fetch(
                method, raw, math.inf if seconds_left is None else seconds_left
            ) as reply:
                await context.write(reply)
        except Exception as error:
            await _abort(context, method.name, error)

    return fetch


async def _abort(context: Context, operation: str, error: Exception) -> NoReturn:
    """Ends the call with a reason in its trailer (WIRE-2)."""
    if not isinstance(error, ProviderError):
        logging.error("%s failed", operation, exc_info=error)
        error = ProviderError(errors_pb2.ERROR_REASON_INTERNAL, f"{type(error).__name__}: {error}")
    status = error.status(operation)
    trailer = (("grpc-status-details-bin", status.SerializeToString()),)
    await context.abort(CODES[status.code], status.message, trailer)
