#!/usr/bin/env python3
"""compose.yaml is one that docker-compose takes, and .env has each of its knobs.

    compose_test.py DEPLOY
"""

import pathlib
import re
import subprocess
import sys

import yaml

PROFILES = ["validate", "replicas", "bring-your-own", "stress", "dashboards"]
# Those that only run what others have made keep their own settings.
OTHERS_IMAGES = {"prometheus", "grafana", "your-provider"}


def knobs(compose: str) -> dict[str, str]:
    """The variables of compose.yaml with their defaults."""
    return dict(re.findall(r"\$\{(\w+):?-([^}]*)\}", compose))


def lines_of(env: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", env, re.MULTILINE))


def service_faults(name: str, service: dict) -> list[str]:
    if name in OTHERS_IMAGES:
        return []
    faults = []
    if not service.get("read_only"):
        faults.append(f"{name}: its root can be written to")
    if service.get("cap_drop") != ["ALL"]:
        faults.append(f"{name}: has capabilities")
    return faults


def main() -> int:
    folder = pathlib.Path(sys.argv[1]).resolve()
    compose = (folder / "compose.yaml").read_text()
    faults = []
    written, used = lines_of((folder / ".env").read_text()), knobs(compose)
    for name in sorted(used.keys() ^ written.keys() - {"COMPOSE_PROJECT_NAME"}):
        faults.append(f"{name} is in one of .env and compose.yaml only")
    for name in sorted(used.keys() & written.keys()):
        if used[name] != written[name]:
            faults.append(f"{name} is {used[name]} in compose.yaml and {written[name]} in .env")

    flags = [flag for profile in PROFILES for flag in ("--profile", profile)]
    config = subprocess.run(
        ["docker-compose", "--file", folder / "compose.yaml", *flags, "config"],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    if config.returncode != 0:
        faults.append(config.stderr)
    else:
        services = yaml.safe_load(config.stdout)["services"]
        named = {profile for service in services.values() for profile in service["profiles"]}
        if named != set(PROFILES):
            faults.append(f"the profiles are {sorted(named)}")
        for name, service in services.items():
            faults += service_faults(name, service)
    for service in yaml.safe_load(compose)["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and not (folder / source).exists():
                faults.append(f"{source} is not there")
    print("\n".join(faults) or f"{len(used)} knobs")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
