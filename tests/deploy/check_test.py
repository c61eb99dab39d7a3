#!/usr/bin/env python3
"""deploy/check ends with a failure where anything that it does fails.

In the place of a container engine is a program that does nothing, but for one
command, which fails.

    check_test.py DEPLOY PROVIDER
"""

import os
import pathlib
import subprocess
import sys
import tempfile

ENGINE = """#!/bin/sh
case "$*" in
  $FAILS) exit 1 ;;
  *'{{.Size}}'*) echo 1000000 ;;
  *'{{.Config.User}}'*) echo 10001:10001 ;;
  *Health.Status*) echo healthy ;;
  *ExitCode*) echo 0 ;;
  run*|*' ps '*) echo a-container ;;
esac
"""

# What fails, and what is said of it where docker itself says nothing.
FAILURES = {
    "build*--target?provider*": "",
    "build*--target?compat*": "",
    "build*python.Dockerfile*": "",
    "image?inspect*Size*-python": "",
    "run*": "",
    "stop*": "",
    "compose*up*": "bring-your-own: 1",
    "cp*": "",
}


def run(deploy: pathlib.Path, programs: pathlib.Path, fails: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        engine = pathlib.Path(folder) / "docker"
        # A pattern of the shell's is not quoted.
        engine.write_text(ENGINE.replace("$FAILS", fails))
        engine.chmod(0o755)
        return subprocess.run(
            [deploy / "check", "--require", "--programs", programs, "bring-your-own"],
            capture_output=True,
            text=True,
            env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
        )


def main() -> int:
    deploy, provider = (pathlib.Path(one).resolve() for one in sys.argv[1:])
    faults = []
    for fails, told in FAILURES.items():
        ended = run(deploy, provider.parent, fails)
        if ended.returncode == 0 or "all as wanted" in ended.stdout:
            faults.append(f"{fails} fails, and the check ends with {ended.returncode}: {ended.stdout}")
        if told not in ended.stderr:
            faults.append(f"{fails} fails, and it is not told: {ended.stderr}")
    print("\n".join(faults) or f"{len(FAILURES)} failures, each told")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
