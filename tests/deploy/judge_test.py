#!/usr/bin/env python3
"""The script of continuous integration, and the action that calls it, on a real provider.

    judge_test.py DEPLOY PROVIDER RUNNER
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import yaml
from prometheus_process import Program, free_port

# Few cases, so that it is quick.
SETTINGS = {
    "DUROXIDE_RUN": "capability_filtering",
    "DUROXIDE_STRESS_DURATION": "2s",
    "DUROXIDE_STRESS_SCENARIO": "parallel_orchestrations",
}

# What the action calls to run the image: runs the script instead, with the
# variables that are handed to the container and no others but the sanitizers'.
DOCKER = """#!/usr/bin/env bash
set -euo pipefail
[[ $1 == run ]]
variables=(PATH="$PATH" DUROXIDE_COMPAT="$RUNNER")
for name in ASAN_OPTIONS LSAN_OPTIONS TSAN_OPTIONS UBSAN_OPTIONS; do
  if [[ -n ${!name-} ]]; then variables+=("$name=${!name}"); fi
done
while (($# > 0)); do
  if [[ $1 == --env ]]; then variables+=("$2=${!2}"); fi
  shift
done
exec env --ignore-environment "${variables[@]}" "$JUDGE"
"""


class Place:
    """A folder to judge in."""

    def __init__(self, folder: pathlib.Path, judge: pathlib.Path, runner: str):
        self.folder = folder
        self._judge = judge
        self._runner = runner

    def judge(self, **settings: str) -> int:
        environment = os.environ | SETTINGS | {"DUROXIDE_COMPAT": self._runner} | settings
        return subprocess.run([self._judge], cwd=self.folder, env=environment).returncode

    def act(self, action: pathlib.Path, **inputs: str) -> int:
        """Runs the step of the action that judges, as GitHub does."""
        described = yaml.safe_load(action.read_text())
        (step,) = [one for one in described["runs"]["steps"] if one.get("id") == "judge"]
        programs = self.folder / "bin"
        programs.mkdir(exist_ok=True)
        (programs / "docker").write_text(DOCKER)
        (programs / "docker").chmod(0o755)
        values = {f"inputs.{name}": one.get("default", "") for name, one in described["inputs"].items()}
        values |= {f"inputs.{name}": value for name, value in inputs.items()}
        values["steps.image.outputs.image"] = "an-image"
        environment = os.environ | {
            name: values[value.removeprefix("${{ ").removesuffix(" }}")]
            for name, value in step["env"].items()
        }
        environment |= {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "RUNNER": self._runner,
            "JUDGE": str(self._judge),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.folder,
            env=environment,
        ).returncode

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""


def expect(what: str, seen, wanted) -> list[str]:
    return [] if seen == wanted else [f"{what}: {seen!r}, not {wanted!r}"]


def faults_of(deploy: pathlib.Path, endpoint: str, place) -> list[str]:
    good = place("good")
    faults = expect("a provider without fault", good.judge(DUROXIDE_ENDPOINT=endpoint), 0)
    tests = xml.etree.ElementTree.parse(good.folder / "duroxide-reports" / "junit.xml")
    if not list(tests.iter("testcase")):
        faults.append("junit.xml has no test")
    for name, part in (
        ("validation.html", "</html>"),
        ("validation.json", '"cases"'),
        ("summary.md", "## Stress: "),
        ("stress.html", "</html>"),
        ("summary.md", "parallel_orchestrations"),
    ):
        if part not in good.text(f"duroxide-reports/{name}"):
            faults.append(f"{name} has no {part}")

    faults += expect(
        "a threshold that nobody reaches",
        place("slow").judge(
            DUROXIDE_ENDPOINT=endpoint,
            DUROXIDE_STRESS_REQUIRE="success_rate == 100\norch_per_sec >= 1000000",
        ),
        4,
    )
    nobody = place("nobody")
    faults += expect(
        "no provider",
        nobody.judge(DUROXIDE_ENDPOINT=f"127.0.0.1:{free_port()}", DUROXIDE_WAIT="10ms"),
        2,
    )
    if "exit code 2" not in nobody.text("duroxide-reports/summary.md"):
        faults.append("the summary does not say that there was no provider")
    listed = place("listed")
    (listed.folder / "known").write_text(
        "capability_filtering/* | to see | a test | until 9999-12-31\n"
    )
    faults += expect(
        "a case that passes and is listed as failing",
        listed.judge(
            DUROXIDE_ENDPOINT=endpoint,
            DUROXIDE_KNOWN_FAILING="known",
            DUROXIDE_STRESS_DURATION="0",
        ),
        1,
    )

    action = deploy / "ci" / "github" / "action.yml"
    acted = place("acted")
    inputs = {"endpoint": endpoint, "run": "capability_filtering", "stress-duration": "2s"}
    faults += expect("the action", acted.act(action, **inputs), 0)
    faults += expect("its output", acted.text("output"), "exit-code=0\n")
    faults += expect(
        "its summary", acted.text("summary"), acted.text("duroxide-reports/summary.md")
    )
    missed = place("missed")
    inputs["stress-require"] = "orch_per_sec >= 1000000"
    faults += expect("the action, with a threshold that is missed", missed.act(action, **inputs), 4)
    faults += expect("its output", missed.text("output"), "exit-code=4\n")
    return faults


def main() -> int:
    deploy, provider, runner = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)

        def place(name: str) -> Place:
            (folder / name).mkdir()
            return Place(folder / name, deploy / "ci" / "judge", os.path.abspath(runner))

        with Program(
            folder / "provider.log",
            provider,
            "--database=:memory:",
            "--listen=127.0.0.1:0",
            "--enable-test-service",
        ) as server:
            (endpoint,) = server.wait_for(r"serving sqlite :memory: on (\S+)").groups()
            faults = faults_of(deploy, endpoint, place)
    print("\n".join(faults) or "as wanted")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
