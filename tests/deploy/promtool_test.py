#!/usr/bin/env python3
"""Prometheus takes its configuration, and each alert is tested both ways.

    promtool_test.py DEPLOY_PROMETHEUS
"""

import pathlib
import subprocess
import sys

import yaml


def promtool(*arguments) -> list[str]:
    run = subprocess.run(
        ["promtool", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return [] if run.returncode == 0 else [run.stdout]


def alerts_of(rules: pathlib.Path) -> set[str]:
    return {
        rule["alert"]
        for group in yaml.safe_load(rules.read_text())["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


def untested(rules: pathlib.Path, tests: pathlib.Path) -> list[str]:
    """The alerts that no test sees fire, or see not fire."""
    fires, stays = set(), set()
    for test in yaml.safe_load(tests.read_text())["tests"]:
        for expected in test.get("alert_rule_test", []):
            (fires if expected["exp_alerts"] else stays).add(expected["alertname"])
            # One of several series that fires shows that the others do not.
            if expected["exp_alerts"] and len(test["input_series"]) > len(expected["exp_alerts"]):
                stays.add(expected["alertname"])
    alerts = alerts_of(rules)
    return [
        *(f"{tests.name}: no test that {alert} fires" for alert in sorted(alerts - fires)),
        *(f"{tests.name}: no test that {alert} does not fire" for alert in sorted(alerts - stays)),
    ]


def main() -> int:
    (folder,) = map(pathlib.Path, sys.argv[1:])
    rules = sorted((folder / "rules").glob("*.yml"))
    faults = promtool("check", "config", folder / "prometheus.yml")
    for file in rules:
        tests = folder / "tests" / file.name
        faults += promtool("check", "rules", file)
        faults += promtool("test", "rules", tests)
        faults += untested(file, tests)
    print("\n".join(faults) or f"{sum(len(alerts_of(file)) for file in rules)} alerts")
    return 1 if faults or not rules else 0


if __name__ == "__main__":
    sys.exit(main())
