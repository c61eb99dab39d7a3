#!/usr/bin/env python3
"""Prints how many lines of each folder the tests ran.

    tools/coverage.py BUILD_TREE

Reads what the tests of the coverage preset left in BUILD_TREE/profiles. Counts
the project's own sources: no tests, nothing generated.
"""

import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEFT_OUT = ("build", "tests")


def export(tree):
    """llvm-cov's summary of each source file, over all programs."""
    profiles = sorted((tree / "profiles").glob("*.profraw"))
    programs = sorted(file for file in (tree / "bin").iterdir() if file.is_file())
    if not profiles or not programs:
        sys.exit(f"no profiles or no programs in {tree}: run the tests first")
    merged = tree / "profiles" / "all.profdata"
    subprocess.run(["llvm-profdata-16", "merge", "-sparse", "-o", merged, *profiles],
                   check=True)
    objects = [word for program in programs for word in ("-object", program)]
    output = subprocess.run(
        ["llvm-cov-16", "export", "-summary-only", f"-instr-profile={merged}",
         *objects[1:]],
        check=True, capture_output=True, text=True).stdout
    return json.loads(output)["data"][0]["files"]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    totals = collections.defaultdict(lambda: [0, 0])  # folder -> run, all
    for file in export(pathlib.Path(sys.argv[1]).resolve()):
        path = pathlib.Path(file["filename"])
        if not path.is_relative_to(ROOT):
            continue
        folder = path.relative_to(ROOT).parent
        if folder.parts[0] in LEFT_OUT:
            continue
        lines = file["summary"]["lines"]
        for name in (str(folder), "all"):
            totals[name][0] += lines["covered"]
            totals[name][1] += lines["count"]
    all_lines = totals.pop("all")
    for name, (covered, count) in [*sorted(totals.items()), ("all", all_lines)]:
        print(f"{name:<24} {covered:6} of {count:6} lines  {covered / count:7.1%}")


if __name__ == "__main__":
    main()
