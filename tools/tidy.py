#!/usr/bin/env python3
"""Runs clang-tidy over the project's sources, but for its tests.

    tools/tidy.py BUILD_TREE

Takes the compile commands and the header dependencies of a Ninja build tree
that is up to date. A source that passed is not looked at again until its text,
a header of it, its compile command, .clang-tidy or clang-tidy changes; what
passed is kept in BUILD_TREE/tidy.
"""

import collections
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

CLANG_TIDY = "clang-tidy-16"
ROOT = pathlib.Path(__file__).resolve().parent.parent
LEFT_OUT = ("build", "tests")  # generated sources lie in build trees


class Digests:
    """Digests of files, each read once."""

    def __init__(self):
        self._known = {}

    def of(self, path):
        if path not in self._known:
            try:
                text = pathlib.Path(path).read_bytes()
            except FileNotFoundError:
                text = b""
            self._known[path] = hashlib.sha256(text).hexdigest()
        return self._known[path]


def own_commands(tree):
    """The project's sources -> their compile commands."""
    result = collections.defaultdict(list)
    for entry in json.loads((tree / "compile_commands.json").read_text()):
        path = os.path.relpath(entry["file"], ROOT)
        if path.split("/")[0] not in LEFT_OUT:
            result[entry["file"]].append(entry["command"])
    return result


def dependencies(tree):
    """What Ninja has noted: object file -> files it was made of."""
    listing = subprocess.run(["ninja", "-C", tree, "-t", "deps"], check=True,
                             capture_output=True, text=True).stdout
    result, current = {}, None
    for line in listing.splitlines():
        if line.startswith("    "):
            result[current].append(os.path.join(tree, line.strip()))
        elif ": #deps" in line:
            current = line.split(": #deps")[0]
            result[current] = []
    return result


def current_settings():
    """The version of clang-tidy, and what .clang-tidy says but for comments."""
    return "".join(
        subprocess.run([CLANG_TIDY, option], check=True, capture_output=True,
                       text=True, cwd=ROOT).stdout
        for option in ("--version", "--dump-config"))


def key_of(settings, commands, noted, digests):
    """Stands for all that decides whether a source passes."""
    parts = [settings, *commands]
    for command in commands:
        words = shlex.split(command)
        files = noted.get(words[words.index("-o") + 1])
        if files is None:
            sys.exit(f"not built yet: {words[-1]}; build the tree first")
        parts += [f"{file} {digests.of(file)}" for file in files]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def check(tree, source):
    """The findings in one source; empty where there are none."""
    run = subprocess.run([CLANG_TIDY, "-p", tree, "--quiet", source],
                         capture_output=True, text=True)
    return "" if run.returncode == 0 else run.stdout + run.stderr


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    tree = pathlib.Path(sys.argv[1]).resolve()
    passed = tree / "tidy"
    passed.mkdir(exist_ok=True)
    noted, digests, settings = dependencies(tree), Digests(), current_settings()
    keys = {source: key_of(settings, commands, noted, digests)
            for source, commands in own_commands(tree).items()}
    todo = [source for source, key in keys.items() if not (passed / key).exists()]

    started, failed = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(check, tree, source): source for source in todo}
        for done in concurrent.futures.as_completed(running):
            source, findings = running[done], done.result()
            if findings:
                failed += 1
                print(f"-- {os.path.relpath(source, ROOT)}\n{findings}", flush=True)
            else:
                (passed / keys[source]).touch()
    print(f"clang-tidy: {len(keys)} sources, {len(todo)} looked at in "
          f"{time.monotonic() - started:.0f} s, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
