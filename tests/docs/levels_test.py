#!/usr/bin/env python3
"""Every case belongs to exactly one level of docs/write-a-provider.md.

    levels_test.py RUNNER GUIDE
"""

import fnmatch
import pathlib
import re
import subprocess
import sys

LEVEL = re.compile(r"\| \[(?P<number>\d+)\]\(#(?P<anchor>[^)]+)\) \|.*\|(?P<patterns>[^|\n]*)\|")


def levels(guide: str) -> dict[str, list[str]]:
    """The patterns of each level, as the table of the guide has them."""
    return {
        match["number"]: re.findall(r"`([^`]+)`", match["patterns"])
        for match in LEVEL.finditer(guide)
    }


def matches(category: str, name: str, pattern: str) -> bool:
    """As the runner's --run does: a category, a name, or both with a slash."""
    return any(fnmatch.fnmatchcase(text, pattern) for text in (category, name, f"{category}/{name}"))


def anchors(guide: str) -> set[str]:
    headings = re.findall(r"^## (.*)$", guide, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def faults(cases: list[list[str]], guide: str) -> list[str]:
    found = []
    by_level = levels(guide)
    for category, name, *_ in cases:
        homes = [
            number
            for number, patterns in by_level.items()
            if any(matches(category, name, pattern) for pattern in patterns)
        ]
        if len(homes) != 1:
            found.append(f"{category}/{name} is in {len(homes)} levels {homes}; put it into one")
    for number, patterns in by_level.items():
        for pattern in patterns:
            if not any(matches(category, name, pattern) for category, name, *_ in cases):
                found.append(f"level {number}: no case matches `{pattern}`")
    for match in LEVEL.finditer(guide):
        if match["anchor"] not in anchors(guide):
            found.append(f"level {match['number']}: there is no heading #{match['anchor']}")
    return found


def main() -> int:
    runner, guide = sys.argv[1:]
    listed = subprocess.run(
        [runner, "list", "--format=tsv"], check=True, capture_output=True, text=True
    ).stdout
    cases = [line.split("\t") for line in listed.splitlines()[1:]]
    found = faults(cases, pathlib.Path(guide).read_text())
    print(*found, sep="\n")
    return 1 if found or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
