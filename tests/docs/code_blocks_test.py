#!/usr/bin/env python3
"""Every C++ block of a guide is, line for line, in one of the files that are compiled.

    code_blocks_test.py GUIDE FILE...

Blocks may be indented otherwise than the file; "..." on a line of its own leaves lines out.
"""

import pathlib
import re
import sys

BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def lines(code: str) -> list[str]:
    """The lines that say something, without their indentation."""
    return [line.strip() for line in code.splitlines() if line.strip()]


def contains(file: list[str], part: list[str]) -> bool:
    return any(file[i : i + len(part)] == part for i in range(len(file) - len(part) + 1))


def parts(block: str) -> list[list[str]]:
    return [lines(part) for part in re.split(r"^\s*\.\.\.\s*$", block, flags=re.MULTILINE)]


def main() -> int:
    guide, *paths = sys.argv[1:]
    files = [lines(pathlib.Path(path).read_text()) for path in paths]
    blocks = BLOCK.findall(pathlib.Path(guide).read_text())
    lost = [
        block
        for block in blocks
        if not any(all(contains(file, part) for part in parts(block)) for file in files)
    ]
    for block in lost:
        print(f"in none of the files that are compiled:\n{block}")
    return 1 if lost or not blocks else 0


if __name__ == "__main__":
    sys.exit(main())
