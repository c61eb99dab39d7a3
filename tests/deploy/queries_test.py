#!/usr/bin/env python3
"""Every query of every dashboard and rule has data, of a real run.

A real Prometheus, with the configuration that is checked in, scrapes a real
server and a real runner that validates it and puts load on it. Then each query
is asked for the time of the runs.

    queries_test.py DEPLOY PROVIDER RUNNER
"""

import json
import math
import pathlib
import re
import sys
import tempfile
import time

import yaml
from prometheus_process import Program, Prometheus, free_port

# What Grafana puts for the least span that a rate can be taken over: four
# scrapes.
RATE_INTERVAL = "4s"

SELECTOR = re.compile(r"\b([a-z_][\w:]*)(\{[^}]*\})?(?=\s*(?:\[|$|[^\w:({]))")
# Words of PromQL that look like the name of a metric.
WORDS = set("by on and or unless without offset bool group_left group_right ignoring".split())


def panels(dashboard: dict) -> list[dict]:
    return [panel for panel in dashboard["panels"] if panel.get("targets")]


def variables(dashboard: dict) -> dict[str, str]:
    return {
        one["name"]: one["definition"]
        for one in dashboard["templating"]["list"]
        if one["type"] == "query"
    }


def filled_in(expr: str, values: dict[str, str]) -> str:
    """The query as Grafana sends it."""
    for name, value in values.items():
        expr = expr.replace(f"${name}", value)
    return expr.replace("$__rate_interval", RATE_INTERVAL)


def selectors(expr: str) -> list[str]:
    """The series that an expression is about, without ranges, offsets and what is done to them."""
    without_text = re.sub(r'"[^"]*"', lambda text: "\0" * len(text.group()), expr)
    # Labels in the parentheses of by, on and the like are no metrics.
    without_text = re.sub(
        r"\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)",
        lambda labels: " " * len(labels.group()),
        without_text,
    )
    found = []
    for match in SELECTOR.finditer(without_text):
        name = match.group(1)
        if name not in WORDS and re.match(r"\s*\(", without_text[match.end() :]) is None:
            found.append(expr[match.start() : match.end()])
    return found


class Judge:
    """Asks for what must have data, and notes what has none."""

    def __init__(self, prometheus: Prometheus, began: float):
        self._prometheus = prometheus
        self._span = {"start": began, "end": time.time(), "step": "1s"}
        self.faults = []
        self.asked = 0

    def expect_data(self, where: str, query: str) -> None:
        self.asked += 1
        try:
            series = self._prometheus.ask("query_range", query=query, **self._span)
        except ValueError as error:
            self.faults.append(f"{where}: {error}: {query}")
            return
        values = [float(value) for one in series for _, value in one["values"]]
        if not any(math.isfinite(value) for value in values):
            self.faults.append(f"{where}: no data: {query}")

    def values_of(self, where: str, variable: str) -> list[str]:
        """What Grafana offers for label_values(SELECTOR, LABEL)."""
        metric, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable).groups()
        values = self._prometheus.ask(
            f"label/{label}/values", **{"match[]": metric, "start": self._span["start"]}
        )
        if not values:
            self.faults.append(f"{where}: no value: {variable}")
        return values

    def judge_dashboard(self, dashboard: dict) -> None:
        chosen = {}
        for name, definition in variables(dashboard).items():
            values = self.values_of(f"{dashboard['title']}: ${name}", filled_in(definition, chosen))
            chosen[name] = re.escape(values[0]).replace("\\", "\\\\") if values else ".*"
            # Of many one has not happened to be there for every panel.
            if name not in ("provider", "scenario"):
                chosen[name] = ".*"
        everything = dict.fromkeys(chosen, ".*")
        for panel in panels(dashboard):
            where = f"{dashboard['title']}: {panel['title']}"
            for target in panel["targets"]:
                for values in (everything, chosen):
                    self.expect_data(where, filled_in(target["expr"], values))

    def judge_rules(self, rules: dict) -> None:
        for group in rules["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    self.expect_data(rule["record"], rule["record"])
                    continue
                # What it looks at must be there for it to fire.
                for selector in selectors(rule["expr"]):
                    self.expect_data(rule["alert"], selector)


def run(deploy: pathlib.Path, provider: str, runner: str, folder: pathlib.Path) -> Judge:
    runner_metrics = f"127.0.0.1:{free_port()}"
    with Program(
        folder / "provider.log",
        provider,
        "--database",
        folder / "provider.db",
        "--listen=127.0.0.1:0",
        "--metrics-listen=127.0.0.1:0",
        "--enable-test-service",
    ) as server:
        endpoint, metrics = server.wait_for(r"on (\S+), metrics on http://(\S+)/metrics").groups()
        targets = {"duroxide-provider": metrics, "duroxide-compat": runner_metrics}
        with Prometheus(folder, deploy / "prometheus" / "prometheus.yml", targets) as prometheus:
            prometheus.wait_until_ready()
            # It begins to scrape seconds after that. A validation may be over in as many.
            for job in targets:
                prometheus.wait_for_data(f'up{{job="{job}"}}', server)
            began = time.time()
            with Program(
                folder / "validate.log",
                runner,
                "validate",
                f"--endpoint={endpoint}",
                f"--metrics-listen={runner_metrics}",
                "--metrics-linger=1h",
            ) as validation:
                prometheus.wait_for_data(
                    "duroxide_compat_run_end_timestamp_seconds > 0", validation
                )
                # The rules have seen it too, and there is more than one scrape to take rates of.
                prometheus.wait_for_data("job_instance:duroxide_compat_passed:ratio", validation)
                prometheus.wait_for_data(f"rate(duroxide_compat_calls_total[{RATE_INTERVAL}])", validation)
                if (code := validation.end()) != 0:
                    raise RuntimeError(f"validate ended with {code}:\n{validation.output()}")
            with Program(
                folder / "stress.log",
                runner,
                "stress",
                f"--endpoint={endpoint}",
                "--scenario=parallel_orchestrations",
                "--duration=8s",
                # Few, so that a busy machine can do them too.
                "--rate=5",
                "--require=success_rate == 100",
                f"--watch=provider={server.pid()}",
                f"--metrics-listen={runner_metrics}",
                "--metrics-linger=1h",
            ) as load:
                # Judged after the last load.
                prometheus.wait_for_data("duroxide_stress_threshold_met == 1", load)
                prometheus.wait_for_data(
                    "job_instance_scenario:duroxide_stress_completed:ratio == 1", load
                )
                load.end()
            judge = Judge(prometheus, began)
            for file in sorted((deploy / "grafana" / "dashboards").glob("*.json")):
                judge.judge_dashboard(json.loads(file.read_text()))
            for file in sorted((deploy / "prometheus" / "rules").glob("*.yml")):
                judge.judge_rules(yaml.safe_load(file.read_text()))
            return judge


def main() -> int:
    deploy, provider, runner = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        judge = run(pathlib.Path(deploy), provider, runner, pathlib.Path(folder))
    print("\n".join(judge.faults) or f"{judge.asked} queries, each with data")
    return 1 if judge.faults or judge.asked < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
