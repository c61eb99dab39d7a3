import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from unittest import IsolatedAsyncioTestCase

import grpc
from duroxide.provider.v1 import errors_pb2, provider_service_pb2
from duroxide.provider.v1.errors_pb2 import ErrorDetail, Status
from duroxide.provider.v1.provider_service_pb2 import (
    EnqueueWorkItemRequest,
    FetchWorkItemsResponse,
    GetKvValueRequest,
    GetProviderInfoRequest,
    GetProviderInfoResponse,
)
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2
from grpc_reflection.v1alpha import reflection_pb2

from duroxide_provider import limits

from .harness import activity, work_fetch, work_look

Unary = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]
Stream = grpc.aio.StreamStreamMultiCallable[bytes, bytes]
PROVIDER = "duroxide.provider.v1.ProviderService"


class ServerTest(IsolatedAsyncioTestCase):
    """The program in a process of its own, and a channel to it."""

    async def asyncSetUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        address = f"unix:{Path(folder.name) / 's'}"
        self.process = await self.start("--listen", address, "--database", ":memory:")
        assert self.process.stdout is not None
        self.assertEqual(await self.process.stdout.readline(), f"listening on {address}\n".encode())
        options = [("grpc.max_send_message_length", -1)]
        self.channel = grpc.aio.insecure_channel(address, options=options)

    async def asyncTearDown(self) -> None:
        await self.channel.close()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def start(self, *flags: str) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        program = (sys.executable, "-m", "duroxide_provider")
        return await asyncio.create_subprocess_exec(*program, *flags, stdout=pipe, stderr=pipe)

    def call(self, name: str, request: Message) -> "grpc.aio.UnaryUnaryCall[bytes, bytes]":
        method: Unary = self.channel.unary_unary(f"/{name}")
        return method(request.SerializeToString())

    async def detail_of(self, name: str, request: Message) -> ErrorDetail:
        """What the one detail of an error says, which the status has to agree with."""
        with self.assertRaises(grpc.aio.AioRpcError) as raised:
            await self.call(name, request)
        trailer = raised.exception.trailing_metadata()["grpc-status-details-bin"]
        assert isinstance(trailer, bytes)
        status = Status.FromString(trailer)
        self.assertEqual(status.code, raised.exception.code().value[0])
        self.assertEqual(status.message, raised.exception.details())
        self.assertEqual(len(status.details), 1)
        detail = ErrorDetail()
        self.assertTrue(status.details[0].Unpack(detail))
        self.assertEqual(detail.message, status.message)
        return detail

    async def test_errors_carry_their_detail(self) -> None:
        detail = await self.detail_of(f"{PROVIDER}/GetKvValue", GetKvValueRequest())
        self.assertEqual(detail.operation, "GetKvValue")
        self.assertEqual(detail.reason, errors_pb2.ERROR_REASON_INVALID_REQUEST)
        self.assertFalse(detail.retryable)
        detail = await self.detail_of(f"{PROVIDER}/FetchWorkItems", work_look(store="never"))
        self.assertEqual(detail.operation, "FetchWorkItems")
        self.assertEqual(detail.reason, errors_pb2.ERROR_REASON_STORE_NOT_FOUND)

    async def test_names_of_any_length_fit_into_an_error(self) -> None:
        request = work_look(store="\N{SNOWMAN}" * 100_000)
        detail = await self.detail_of(f"{PROVIDER}/FetchWorkItems", request)
        self.assertEqual(detail.reason, errors_pb2.ERROR_REASON_STORE_NOT_FOUND)

    async def test_a_request_that_is_too_large_has_its_detail(self) -> None:
        item = activity()
        item.activity_execute.input = "x" * limits.MAX_MESSAGE_BYTES
        request = EnqueueWorkItemRequest(item=item)
        detail = await self.detail_of(f"{PROVIDER}/EnqueueWorkItem", request)
        self.assertEqual(detail.reason, errors_pb2.ERROR_REASON_MESSAGE_TOO_LARGE)

    async def test_the_test_service_is_not_served_unless_asked_for(self) -> None:
        reply = await self.call(f"{PROVIDER}/GetProviderInfo", GetProviderInfoRequest())
        capabilities = GetProviderInfoResponse.FromString(reply).capabilities
        self.assertNotIn(provider_service_pb2.CAPABILITY_ISOLATED_STORES, capabilities)
        with self.assertRaises(grpc.aio.AioRpcError) as raised:
            name = "duroxide.provider.testing.v1.ProviderTestService/CreateStore"
            await self.call(name, GetProviderInfoRequest())
        self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    async def test_health_and_reflection(self) -> None:
        for service in ("", PROVIDER):
            request = health_pb2.HealthCheckRequest(service=service)
            reply = await self.call("grpc.health.v1.Health/Check", request)
            self.assertEqual(
                health_pb2.HealthCheckResponse.FromString(reply).status,
                health_pb2.HealthCheckResponse.SERVING,
            )
        method = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        reflect: Stream = self.channel.stream_stream(method)
        first = await reflect(iter([question.SerializeToString()])).read()
        assert isinstance(first, bytes)
        answer = reflection_pb2.ServerReflectionResponse.FromString(first)
        names = [service.name for service in answer.list_services_response.service]
        self.assertIn(PROVIDER, names)

    async def test_a_fetch_that_is_cancelled_takes_nothing(self) -> None:
        waiting = self.call(f"{PROVIDER}/FetchWorkItems", work_fetch())
        await self.call(f"{PROVIDER}/GetProviderInfo", GetProviderInfoRequest())
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await self.call(f"{PROVIDER}/EnqueueWorkItem", EnqueueWorkItemRequest(item=activity()))
        reply = FetchWorkItemsResponse.FromString(
            await self.call(f"{PROVIDER}/FetchWorkItems", work_look())
        )
        self.assertEqual([item.attempt_count for item in reply.items], [1])

    async def test_sigterm_ends_it_in_order(self) -> None:
        waiting = self.call(f"{PROVIDER}/FetchWorkItems", work_fetch())
        # The server takes calls in order, so it has the fetch when this is answered.
        await self.call(f"{PROVIDER}/GetProviderInfo", GetProviderInfoRequest())
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(FetchWorkItemsResponse.FromString(await waiting), FetchWorkItemsResponse())
        self.assertEqual(await self.process.wait(), 0)

    async def test_wrong_flags_are_told_by_name(self) -> None:
        listen = ("--listen", "127.0.0.1:0")
        for flags, named in (
            (("--listen", "nowhere", "--database", ":memory:"), b"--listen"),
            (("--listen", "127.0.0.1:65536", "--database", ":memory:"), b"--listen"),
            (("--listen", "unix:/nowhere/s", "--database", ":memory:"), b"--listen"),
            ((*listen, "--database", "/nowhere/p.db"), b"--database"),
        ):
            process = await self.start(*flags)
            _, stderr = await process.communicate()
            self.assertEqual(process.returncode, 2, flags)
            self.assertIn(named, stderr.splitlines()[-1])
