"""The program: flags, start, and an end in order on SIGTERM and SIGINT."""

import argparse
import asyncio
import contextlib
import logging
import re
import signal
import sqlite3
import sys

from . import __version__, methods
from .provider import Provider
from .server import Server
from .store.sqlite import Database

# How often to see whether another process has written to the same file.
LOOK_SECONDS = 0.05
GRACE_SECONDS = 5.0
MAX_PORT = 65535


def main() -> None:
    """Runs the program; exit code 2 where a flag, the address or the database is wrong."""
    logging.basicConfig(format="%(levelname)s %(name)s: %(message)s")
    parser = argparse.ArgumentParser(
        prog="duroxide-provider-python",
        description="A duroxide provider on SQLite.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--listen",
        required=True,
        type=_address,
        metavar="HOST:PORT|unix:PATH",
        help="where to serve",
    )
    parser.add_argument(
        "--database", required=True, metavar="FILE|:memory:", help="the file, made where it is not"
    )
    parser.add_argument(
        "--enable-test-service",
        action="store_true",
        help="serve ProviderTestService; anybody who connects can drop stores then",
    )
    parser.add_argument("--version", action="version", version=__version__)
    flags = parser.parse_args()
    try:
        asyncio.run(_serve(flags.listen, flags.database, test_service=flags.enable_test_service))
    except _StartError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


class _StartError(Exception):
    """The program cannot start; the text names the flag."""


def _address(text: str) -> str:
    port = re.fullmatch(r"unix:.+|.+:([0-9]{1,5})", text)
    if port is None or int(port[1] or 0) > MAX_PORT:
        raise argparse.ArgumentTypeError(f'"{text}" is neither HOST:PORT nor unix:PATH')
    return text


async def _serve(address: str, path: str, *, test_service: bool) -> None:
    try:
        database = Database(path)
    except (sqlite3.Error, RuntimeError) as error:
        raise _StartError(f'--database: cannot use "{path}": {error}') from error
    provider = Provider(database)
    server = Server(provider, methods.services(test_service=test_service))
    try:
        listening = server.listen(address)
    except RuntimeError as error:
        raise _StartError(f'--listen: cannot listen on "{address}": {error}') from error
    asked_to_end = asyncio.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, asked_to_end.set)
    await server.start()
    print(f"listening on {listening}", flush=True)
    while not asked_to_end.is_set():
        await provider.look_at_changes_of_others()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asked_to_end.wait(), LOOK_SECONDS)
    await server.stop(GRACE_SECONDS)
    database.close()


if __name__ == "__main__":
    main()
