#!/usr/bin/env python3
"""deploy/check ends with a failure where anything that it does fails, and only there.

In the place of a container engine is a program that answers as one where all is
as wanted, but for one command, which fails.

    check_test.py DEPLOY PROVIDER
"""

import json
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
  cp*) cp -r "$REPORTS" "$3" ;;
esac
"""

# The commands, as patterns of the shell's.
FAILURES = [
    "build*--target?provider*",
    "build*--target?compat*",
    "build*python.Dockerfile*",
    "image?inspect*Size*-python",
    "run*",
    "stop*",
    "compose*up*",
    "cp*",
]


def write_reports(folder: pathlib.Path) -> None:
    """Those of a run in which all passed."""
    folder.mkdir()
    case = {"name": "a", "fails_run": False, "verdict": "passed"}
    (folder / "report.json").write_text(json.dumps({"cases": [case] * 200}))
    (folder / "junit.xml").write_text("<testsuites/>")
    (folder / "report.html").write_text("<html></html>")
    (folder / "report.md").write_text("All passed.")


def run(deploy: pathlib.Path, programs: pathlib.Path, fails: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        reports = pathlib.Path(folder) / "reports"
        write_reports(reports)
        engine = pathlib.Path(folder) / "docker"
        # A pattern of the shell's is not quoted.
        engine.write_text(ENGINE.replace("$FAILS", fails).replace("$REPORTS", str(reports)))
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
    for fails in ["nothing", *FAILURES]:
        ended = run(deploy, provider.parent, fails)
        passed = ended.returncode == 0 and "all as wanted" in ended.stdout
        if passed != (fails == "nothing"):
            faults.append(
                f"{fails} fails, and the check ends with {ended.returncode}:"
                f" {ended.stdout}{ended.stderr}"
            )
    print("\n".join(faults) or f"{len(FAILURES)} failures, each found")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
