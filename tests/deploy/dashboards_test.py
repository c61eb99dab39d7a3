#!/usr/bin/env python3
"""Dashboards are what is described, and whole: units, descriptions, links, places.

    dashboards_test.py DEPLOY_GRAFANA
"""

import json
import pathlib
import re
import subprocess
import sys

# Those of Grafana's units that are used here.
UNITS = {"s", "ops", "percentunit", "short", "bytes"}


def panel_faults(panel: dict, guide: dict) -> list[str]:
    faults = []
    if len(panel.get("description", "")) < 20:
        faults.append("no description")
    if panel["fieldConfig"]["defaults"].get("unit") not in UNITS:
        faults.append("no unit that is known")
    ids = {one["id"] for one in guide["panels"]}
    links = [re.fullmatch(r"/d/(.*)\?viewPanel=(\d+)", link["url"]) for link in panel["links"]]
    if not any(link and link[1] == guide["uid"] and int(link[2]) in ids for link in links):
        faults.append("no link to a part of the guide")
    if not panel["targets"] or not all(target["expr"] for target in panel["targets"]):
        faults.append("no query")
    return faults


def overlaps(panels: list[dict]) -> list[str]:
    taken, faults = {}, []
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] + place["w"] > 24:
            faults.append(f"{panel['title']}: is too wide")
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if (other := taken.setdefault((x, y), panel["title"])) != panel["title"]:
                    return [*faults, f"{panel['title']}: covers {other}"]
    return faults


def undefined_variables(dashboard: dict) -> list[str]:
    known = {one["name"] for one in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]\w*)", json.dumps(dashboard)))
    return [f"${name} is not defined" for name in sorted(used - known)]


def faults_of(dashboard: dict, guide: dict) -> list[str]:
    ids = [panel["id"] for panel in dashboard["panels"]]
    faults = overlaps(dashboard["panels"])
    if len(ids) != len(set(ids)):
        faults.append("an id is there twice")
    if dashboard is guide:
        return faults + [
            f"{panel['title']}: is empty"
            for panel in guide["panels"]
            if len(panel["options"]["content"]) < 100
        ]
    faults += undefined_variables(dashboard)
    if "provider" not in {one["name"] for one in dashboard["templating"]["list"]}:
        faults.append("has no variable for the provider")
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            faults += [f"{panel['title']}: {fault}" for fault in panel_faults(panel, guide)]
    return faults


def main() -> int:
    (folder,) = map(pathlib.Path, sys.argv[1:])
    current = subprocess.run([folder / "generate", "--check"], capture_output=True, text=True)
    faults = [current.stdout + current.stderr] if current.returncode != 0 else []
    dashboards = {
        path.stem: json.loads(path.read_text()) for path in (folder / "dashboards").glob("*.json")
    }
    guide = dashboards["duroxide-guide"]
    for name, dashboard in sorted(dashboards.items()):
        if dashboard["uid"] != name:
            faults.append(f"{name}: its uid is {dashboard['uid']}")
        faults += [f"{name}: {fault}" for fault in faults_of(dashboard, guide)]
    print("\n".join(faults) or f"{len(dashboards)} dashboards")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
