#!/usr/bin/env python3
"""The manual pages are well formed, and say what --help says.

    man_pages_test.py PROGRAM...
"""

import re
import subprocess
import sys


def output(*command: str, text: str = "") -> tuple[str, str]:
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return run.stdout, run.stderr


def faults(program: str) -> list[str]:
    source, _ = output(program, "man")
    page, warnings = output("groff", "-man", "-Tutf8", "-ww", "-P-cbou", text=source)
    found = [f"{program}: groff warns: {warnings}"] if warnings else []
    help_text, _ = output(program, "--help")
    # Hyphens at the ends of lines are the formatter's.
    told = re.sub(r"\u2010\n\s*", "", page)
    for flag in re.findall(r"^  (?:-\w,)?(--[\w-]+)", help_text, re.MULTILINE):
        if not re.search(rf"^\s+(?:-\w, )?{flag}\b", told, re.MULTILINE):
            found.append(f"{program}: {flag} is not in the page")
    commands = help_text.partition("Subcommands:")[2].partition("\n\n")[0]
    for command in re.findall(r"^  (\w+) ", commands, re.MULTILINE):
        if not re.search(rf"^\s+{command}$", told, re.MULTILINE):
            found.append(f"{program}: {command} is not in the page")
    return found


def main() -> int:
    found = [fault for program in sys.argv[1:] for fault in faults(program)]
    print("\n".join(found) or "as wanted")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
