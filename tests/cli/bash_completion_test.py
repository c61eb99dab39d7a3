#!/usr/bin/env python3
"""What bash offers at the end of a line, by the scripts that the programs print.

    bash_completion_test.py PROVIDER RUNNER
"""

import subprocess
import sys

# Fills in what bash tells a completion function, calls it, and prints the offers.
ASK = r"""
source <("$PROGRAM" completion bash)
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_${1//-/_}"
printf '%s\n' "${COMPREPLY[@]}"
"""

# The words of a line, the last one unfinished; what must be offered, and what not.
PROVIDER = [
    (["--log-"], {"--log-level", "--log-format"}, {"--listen"}),
    (["--log-level", ""], {"debug", "error"}, {"--listen"}),
    (["--log-level", "=", "de"], {"debug"}, {"error"}),
    (["--log-level", "="], {"debug", "error"}, {"--listen"}),
    (["b"], {"backup"}, {"restore"}),
    (["backup", "--data"], {"--database"}, {"--listen"}),
    (["backup", "--database", "/etc/passw"], {"/etc/passwd"}, set()),
    (["restore", "/etc/passw"], {"/etc/passwd"}, set()),
    (["completion", "z"], {"zsh"}, {"bash"}),
]
RUNNER = [
    (["va"], {"validate"}, {"list"}),
    (["validate", "--metrics-"], {"--metrics-listen", "--metrics-file"}, {"--run"}),
    (["validate", "--artifacts", "/et"], {"/etc"}, set()),
    (["replay", "/etc/passw"], {"/etc/passwd"}, set()),
]


def offers(program: str, line: list[str]) -> set[str]:
    name = program.rsplit("/", 1)[-1]
    asked = subprocess.run(
        ["bash", "-euc", ASK, "bash", name, *line],
        env={"PROGRAM": program, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    if asked.returncode != 0 or asked.stderr:
        sys.exit(f"{name} {line}: bash says {asked.stderr or asked.returncode}")
    return set(asked.stdout.split())


def main() -> int:
    faults = []
    for program, lines in zip(sys.argv[1:3], (PROVIDER, RUNNER)):
        for line, wanted, unwanted in lines:
            found = offers(program, line)
            if not wanted <= found or unwanted & found:
                faults.append(f"{' '.join(line)!r}: offers {sorted(found)}, not {sorted(wanted)}")
    print("\n".join(faults) or "as wanted")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
