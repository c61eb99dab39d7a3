"""The dashboard of duroxide-compat validate."""

from colors import RED_ABOVE_0, RED_BELOW_1
from model import Dashboard, Panel, Query, Row, Variable

# Runs of the chosen providers; many of them may have come to the same runner.
OF_RUN = (
    "on (job, instance) group_left (provider) "
    'max by (job, instance, provider) (duroxide_compat_run_info{provider=~"$provider"})'
)


def cases(verdict: str) -> str:
    return (
        "sum(duroxide_compat_cases_total"
        f'{{verdict="{verdict}", category=~"$category"}} * {OF_RUN})'
    )


VALIDATION = Dashboard(
    uid="duroxide-validation",
    title="duroxide: validation",
    description="What duroxide-compat validate has found so far, and how long it takes.",
    tags=["validation"],
    variables=[
        Variable(
            "provider",
            "Provider",
            "The providers that are judged, as they call themselves.",
            "label_values(duroxide_compat_run_info, provider)",
        ),
        Variable(
            "category",
            "Category",
            "The categories of cases.",
            "label_values(duroxide_compat_cases_total, category)",
        ),
    ],
    rows=[
        Row(
            "Verdicts",
            [
                Panel(
                    "Passed",
                    "Of the runs of cases that could be judged. Below 100 % the provider breaks "
                    "the contract.",
                    "percentunit",
                    [
                        Query(
                            f"{cases('passed')} / ({cases('passed')} + {cases('failed')})",
                        )
                    ],
                    "verdicts",
                    "stat",
                    4,
                    6,
                    decimals=1,
                    thresholds=RED_BELOW_1,
                    maximum=1,
                ),
                *[
                    Panel(title, text, "short", [Query(cases(verdict))], "verdicts", "stat", 3, 6,
                          thresholds=colors)
                    for title, verdict, text, colors in (
                        ("passed", "passed", "Runs of cases that passed.", [(None, "green")]),
                        (
                            "failed",
                            "failed",
                            "Runs of cases that failed. The runner's report tells of each.",
                            RED_ABOVE_0,
                        ),
                        (
                            "inconclusive",
                            "inconclusive",
                            "Runs of cases that the runner was too slow to judge.",
                            [(None, "green"), (0.0001, "orange")],
                        ),
                        (
                            "skipped",
                            "skipped",
                            "Cases that could not be run as this run is set up.",
                            [(None, "text")],
                        ),
                        (
                            "not applicable",
                            "not_applicable",
                            "Cases about what this provider does not offer.",
                            [(None, "text")],
                        ),
                    )
                ],
                Panel(
                    "Score by profile",
                    "Passed cases of those that apply, once the run is over.",
                    "percentunit",
                    [
                        Query(
                            f"min by (profile) (duroxide_compat_score_ratio * {OF_RUN})",
                            "{{profile}}",
                        )
                    ],
                    "validation",
                    "bargauge",
                    5,
                    6,
                    thresholds=RED_BELOW_1,
                    maximum=1,
                ),
            ],
        ),
        Row(
            "The run",
            [
                Panel(
                    "Cases",
                    "Those that are to be run, that have come to their end, and that run now. "
                    "With --repeat more come to their end than there are.",
                    "short",
                    [
                        Query(f"sum(duroxide_compat_cases_selected * {OF_RUN})", "selected"),
                        Query(f"sum(duroxide_compat_cases_total * {OF_RUN})", "ended"),
                        Query(f"sum(duroxide_compat_cases_running * {OF_RUN})", "running"),
                    ],
                    "validation",
                    width=12,
                ),
                Panel(
                    "Calls by status code",
                    "Calls that cases made, by second. Many must fail: cases ask for what is "
                    "forbidden.",
                    "ops",
                    [
                        Query(
                            "sum by (code) (rate(duroxide_compat_calls_total"
                            f"[$__rate_interval]) * {OF_RUN})",
                            "{{code}}",
                        )
                    ],
                    "validation",
                    width=12,
                    stacked=True,
                ),
                Panel(
                    "Calls by method",
                    "Calls that cases made, by second.",
                    "ops",
                    [
                        Query(
                            "topk(12, sum by (method) (rate(duroxide_compat_calls_total"
                            f"[$__rate_interval]) * {OF_RUN}))",
                            "{{method}}",
                        )
                    ],
                    "validation",
                    width=12,
                ),
                Panel(
                    "What is judged",
                    "The provider with its version and its version of the contract, how cases "
                    "are kept apart, and the seed of the run.",
                    "short",
                    [
                        Query(
                            'duroxide_compat_run_info{provider=~"$provider"}', instant=True
                        )
                    ],
                    "validation",
                    "table",
                    12,
                    columns=[
                        ("provider", "Provider"),
                        ("provider_version", "Version"),
                        ("contract_version", "Contract"),
                        ("tool_version", "Runner"),
                        ("isolation", "Isolation"),
                        ("seed", "Seed"),
                    ],
                ),
            ],
        ),
        Row(
            "Categories",
            [
                Panel(
                    "Failed by category",
                    "Runs of cases that failed. All zero is what you want.",
                    "short",
                    [
                        Query(
                            "sum by (category) (duroxide_compat_cases_total"
                            f'{{verdict="failed", category=~"$category"}} * {OF_RUN})',
                            "{{category}}",
                        )
                    ],
                    "verdicts",
                    "bargauge",
                    8,
                    14,
                    thresholds=RED_ABOVE_0,
                ),
                Panel(
                    "Passed by category",
                    "Runs of cases that passed.",
                    "short",
                    [
                        Query(
                            "sum by (category) (duroxide_compat_cases_total"
                            f'{{verdict="passed", category=~"$category"}} * {OF_RUN})',
                            "{{category}}",
                        )
                    ],
                    "verdicts",
                    "bargauge",
                    8,
                    14,
                ),
                Panel(
                    "Time of a case",
                    "Mean by category. Cases about locks wait for them, so some take seconds "
                    "with any provider.",
                    "s",
                    [
                        Query(
                            "sum by (category) (duroxide_compat_case_duration_seconds_sum"
                            f'{{category=~"$category"}} * {OF_RUN}) / '
                            "(sum by (category) (duroxide_compat_case_duration_seconds_count"
                            f'{{category=~"$category"}} * {OF_RUN}) > 0)',
                            "{{category}}",
                        )
                    ],
                    "validation",
                    "bargauge",
                    8,
                    14,
                    decimals=2,
                ),
                Panel(
                    "Cases over time",
                    "How many runs of cases took how long: the darker, the more.",
                    "s",
                    [
                        Query(
                            "sum by (le) (increase(duroxide_compat_case_duration_seconds_bucket"
                            f'{{category=~"$category"}}[$__rate_interval]) * {OF_RUN})',
                            "{{le}}",
                        )
                    ],
                    "validation",
                    "heatmap",
                    24,
                    minimum=None,
                ),
            ],
        ),
    ],
)
