"""The dashboard of duroxide-compat stress."""

from colors import RED_ABOVE_0, RED_BELOW_1
from model import Dashboard, Panel, Query, Row, Variable

OF_STRESS = (
    "on (job, instance, scenario) group_left (provider) "
    "max by (job, instance, scenario, provider) "
    '(duroxide_stress_info{provider=~"$provider", scenario=~"$scenario"})'
)
# Of the runner and not of a scenario.
OF_STRESS_RUN = (
    "on (job, instance) group_left (provider) "
    "max by (job, instance, provider) "
    '(duroxide_stress_info{provider=~"$provider", scenario=~"$scenario"})'
)


def stress_quantile(q: float, histogram: str, *by: str) -> str:
    labels = ", ".join([*by, "le"])
    return (
        f"histogram_quantile({q}, sum by ({labels}) "
        f"(rate({histogram}_bucket[$__rate_interval]) * {OF_STRESS}))"
    )


STRESS = Dashboard(
    uid="duroxide-stress",
    title="duroxide: stress",
    description="What duroxide-compat stress asks of a provider, and what it gets.",
    tags=["stress"],
    variables=[
        Variable(
            "provider",
            "Provider",
            "The providers under load, as they call themselves.",
            "label_values(duroxide_stress_info, provider)",
        ),
        Variable(
            "scenario",
            "Scenario",
            "What the load is made of.",
            'label_values(duroxide_stress_info{provider=~"$provider"}, scenario)',
        ),
    ],
    rows=[
        Row(
            "At a glance",
            [
                Panel(
                    "Completed",
                    "Of the orchestrations that have ended. Below 100 % the provider, its "
                    "settings or the orchestrations fail; the panel on outcomes says which.",
                    "percentunit",
                    [
                        Query(
                            "min by (scenario) (job_instance_scenario:"
                            f"duroxide_stress_completed:ratio * {OF_STRESS})",
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    "stat",
                    5,
                    6,
                    decimals=2,
                    thresholds=RED_BELOW_1,
                    maximum=1,
                ),
                Panel(
                    "Orchestrations",
                    "That completed, by second.",
                    "ops",
                    [
                        Query(
                            "sum by (scenario) (rate(duroxide_stress_orchestrations_total"
                            f'{{outcome="completed"}}[$__rate_interval]) * {OF_STRESS})',
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    "stat",
                    5,
                    6,
                    decimals=1,
                ),
                Panel(
                    "p99",
                    "The time within which 99 of 100 orchestrations completed, from their start.",
                    "s",
                    [
                        Query(
                            stress_quantile(0.99, "duroxide_stress_orchestration_seconds", "scenario"),
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    "stat",
                    4,
                    6,
                ),
                Panel(
                    "Lag of the runner",
                    "Part of the time by which the runner itself was late. Above 1 % the figures "
                    "are those of the machine, and the result is not certified.",
                    "percentunit",
                    [
                        Query(
                            f"max by (scenario) (duroxide_stress_lag_ratio * {OF_STRESS})",
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    "stat",
                    5,
                    6,
                    decimals=2,
                    thresholds=[(None, "green"), (0.01, "red")],
                ),
                Panel(
                    "Thresholds",
                    "Those of --require, judged after the last load: 1 where it is met, 0 where it is "
                    "not.",
                    "short",
                    [
                        Query(
                            "min by (scenario, threshold) "
                            f"(duroxide_stress_threshold_met * {OF_STRESS_RUN})",
                            "{{threshold}}",
                        )
                    ],
                    "stress",
                    "bargauge",
                    5,
                    6,
                    thresholds=RED_BELOW_1,
                    maximum=1,
                ),
            ],
        ),
        Row(
            "Orchestrations",
            [
                Panel(
                    "Rate",
                    "Orchestrations by second: started, completed, completed as the runner itself "
                    "counts, and what --rate asks for.",
                    "ops",
                    [
                        Query(
                            "sum by (scenario) (rate(duroxide_stress_orchestrations_started_total"
                            f"[$__rate_interval]) * {OF_STRESS})",
                            "{{scenario}} started",
                        ),
                        Query(
                            "sum by (scenario) (rate(duroxide_stress_orchestrations_total"
                            f'{{outcome="completed"}}[$__rate_interval]) * {OF_STRESS})',
                            "{{scenario}} completed",
                        ),
                        Query(
                            f"sum by (scenario) (duroxide_stress_rate * {OF_STRESS})",
                            "{{scenario}} by the runner",
                        ),
                        Query(
                            f"sum by (scenario) (duroxide_stress_expected_rate * {OF_STRESS})",
                            "{{scenario}} asked for",
                        ),
                    ],
                    "stress",
                    width=12,
                ),
                Panel(
                    "Time to completion",
                    "From an orchestration's start to its end. With --rate from the moment when "
                    "it was to be started, so that a stall shows.",
                    "s",
                    [
                        Query(
                            stress_quantile(q, "duroxide_stress_orchestration_seconds", "scenario"),
                            f"{{{{scenario}}}} p{name}",
                        )
                        for q, name in ((0.5, "50"), (0.9, "90"), (0.99, "99"))
                    ],
                    "stress",
                    width=12,
                ),
                Panel(
                    "Completions over time",
                    "How many orchestrations took how long: the darker, the more.",
                    "s",
                    [
                        Query(
                            "sum by (le) (increase(duroxide_stress_orchestration_seconds_bucket"
                            f"[$__rate_interval]) * {OF_STRESS})",
                            "{{le}}",
                        )
                    ],
                    "stress",
                    "heatmap",
                    12,
                    minimum=None,
                ),
                Panel(
                    "Outcomes",
                    "Orchestrations that ended, by second. failed_infrastructure is the "
                    "provider's or the network's, failed_configuration the settings', "
                    "failed_application the orchestration's own.",
                    "ops",
                    [
                        Query(
                            "sum by (scenario, outcome) (rate("
                            "duroxide_stress_orchestrations_total[$__rate_interval]) "
                            f"* {OF_STRESS})",
                            "{{scenario}} {{outcome}}",
                        )
                    ],
                    "stress",
                    width=12,
                    stacked=True,
                ),
                Panel(
                    "In flight",
                    "Orchestrations that were started and have not ended.",
                    "short",
                    [
                        Query(
                            f"sum by (scenario) (duroxide_stress_in_flight * {OF_STRESS})",
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    width=12,
                ),
                Panel(
                    "Activities",
                    "That were executed, by second.",
                    "ops",
                    [
                        Query(
                            "sum by (scenario) (rate(duroxide_stress_activities_total"
                            f"[$__rate_interval]) * {OF_STRESS})",
                            "{{scenario}}",
                        )
                    ],
                    "stress",
                    width=12,
                ),
            ],
        ),
        Row(
            "Calls",
            [
                Panel(
                    "Calls by method",
                    "Calls that the runner's runtimes and clients make, by second.",
                    "ops",
                    [
                        Query(
                            "sum by (method) (rate(duroxide_stress_calls_total"
                            f"[$__rate_interval]) * {OF_STRESS})",
                            "{{method}}",
                        )
                    ],
                    "stress",
                    stacked=True,
                ),
                Panel(
                    "p99 by method",
                    "As the runner sees it, with the way there and back.",
                    "s",
                    [
                        Query(
                            stress_quantile(0.99, "duroxide_stress_call_seconds", "method"),
                            "{{method}}",
                        )
                    ],
                    "stress",
                ),
                Panel(
                    "Calls by status code",
                    "UNAVAILABLE means that the provider cannot be reached or is overloaded.",
                    "ops",
                    [
                        Query(
                            "sum by (code) (rate(duroxide_stress_calls_total"
                            f"[$__rate_interval]) * {OF_STRESS})",
                            "{{code}}",
                        )
                    ],
                    "stress",
                ),
            ],
        ),
        Row(
            "Resources",
            [
                Panel(
                    "Processors",
                    "Processors that each process keeps busy: 1 is one of them.",
                    "short",
                    [
                        Query(
                            "sum by (process) (rate(duroxide_stress_process_cpu_seconds_total"
                            f"[$__rate_interval]) * {OF_STRESS_RUN})",
                            "{{process}}",
                        )
                    ],
                    "stress",
                    width=6,
                    decimals=2,
                ),
                *[
                    Panel(
                        title,
                        text,
                        unit,
                        [
                            Query(
                                f"sum by (process) (duroxide_stress_process_{name} "
                                f"* {OF_STRESS_RUN})",
                                "{{process}}",
                            )
                        ],
                        "stress",
                        width=6,
                    )
                    for title, name, unit, text in (
                        (
                            "Memory",
                            "resident_bytes",
                            "bytes",
                            "Resident memory. It may grow with what is stored, but not with time.",
                        ),
                        (
                            "Open files",
                            "open_files",
                            "short",
                            "File descriptors: database files and connections.",
                        ),
                        ("Threads", "threads", "short", "Threads of each process."),
                    )
                ],
            ],
        ),
    ],
)
