#!/usr/bin/env python3
"""Starts a provider on a unix socket, lets the runner judge it, and ends it.

    validate.py PROVIDER RUNNER [FLAG...]

Exits as the runner does, or with 1 where the provider does not start or end in order.
"""

import pathlib
import subprocess
import sys
import tempfile

LONGEST_END_SECONDS = 60


def main() -> int:
    provider, runner, *flags = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        address = f"unix:{pathlib.Path(folder) / 'provider.sock'}"
        database = pathlib.Path(folder) / "provider.db"
        process = subprocess.Popen(
            [provider, "--listen", address, "--database", database, "--enable-test-service"],
            stdout=subprocess.PIPE,
        )
        try:
            if not process.stdout.readline().startswith(b"listening"):
                return 1
            verdict = subprocess.run([runner, "validate", "--endpoint", address, *flags]).returncode
            process.terminate()
            return verdict or process.wait(LONGEST_END_SECONDS)
        finally:
            process.kill()
            process.communicate()


if __name__ == "__main__":
    sys.exit(main())
