"""The dashboard of duroxide-provider."""

from colors import RED_ABOVE_0, RED_BELOW_1
from model import Dashboard, Panel, Query, Row, Variable

SERVER = 'instance=~"$provider"'
NO_FETCH = f'{SERVER}, grpc_method!~"Fetch.*"'
TROUBLE = "INTERNAL|UNKNOWN|DATA_LOSS|UNAVAILABLE|RESOURCE_EXHAUSTED|DEADLINE_EXCEEDED"


def quantile(q: float, histogram: str, selector: str, *by: str) -> str:
    labels = ", ".join([*by, "le"])
    return (
        f"histogram_quantile({q}, sum by ({labels}) "
        f"(rate({histogram}_bucket{{{selector}}}[$__rate_interval])))"
    )


PROVIDER = Dashboard(
    uid="duroxide-provider",
    title="duroxide: provider",
    description="What duroxide-provider does: calls, commits, queues and locks.",
    tags=["provider"],
    variables=[
        Variable(
            "provider",
            "Provider",
            "The servers that are shown, by their address.",
            "label_values(duroxide_provider_build_info, instance)",
        )
    ],
    rows=[
        Row(
            "At a glance",
            [
                Panel(
                    "Serving",
                    "1 where the server's metrics can be scraped. An alert fires where they "
                    "cannot for 15 s.",
                    "short",
                    [Query(f"up{{{SERVER}}}", "{{instance}}")],
                    "server",
                    "stat",
                    4,
                    5,
                    thresholds=RED_BELOW_1,
                ),
                Panel(
                    "Version",
                    "What runs: the engine and the version of the program.",
                    "short",
                    [
                        Query(
                            f"duroxide_provider_build_info{{{SERVER}}}",
                            "{{engine}} {{version}}",
                            instant=True,
                        )
                    ],
                    "server",
                    "table",
                    6,
                    5,
                    columns=[("instance", "Server"), ("engine", "Engine"), ("version", "Version")],
                ),
                Panel(
                    "Calls",
                    "Calls that were answered, by second.",
                    "ops",
                    [Query(f"sum(rate(grpc_server_handled_total{{{SERVER}}}[$__rate_interval]))")],
                    "server",
                    "stat",
                    4,
                    5,
                ),
                Panel(
                    "Trouble",
                    "Answers that are the server's fault or say that it is overloaded, by second: "
                    "INTERNAL, UNKNOWN, DATA_LOSS, UNAVAILABLE, RESOURCE_EXHAUSTED and "
                    "DEADLINE_EXCEEDED. Validation provokes some on purpose.",
                    "ops",
                    [
                        Query(
                            f"sum(rate(grpc_server_handled_total{{{SERVER}, "
                            f'grpc_code=~"{TROUBLE}"}}[$__rate_interval])) or vector(0)'
                        )
                    ],
                    "server",
                    "stat",
                    4,
                    5,
                    thresholds=RED_ABOVE_0,
                ),
                Panel(
                    "p99 of calls",
                    "The time within which 99 of 100 calls were answered. Fetches are left out: "
                    "what they wait for work is part of their time.",
                    "s",
                    [Query(quantile(0.99, "grpc_server_handling_seconds", NO_FETCH))],
                    "server",
                    "stat",
                    6,
                    5,
                    thresholds=[(None, "green"), (0.2, "orange"), (1, "red")],
                ),
            ],
        ),
        Row(
            "Calls",
            [
                Panel(
                    "Calls by method",
                    "Calls that were answered, by second.",
                    "ops",
                    [
                        Query(
                            "sum by (grpc_method) "
                            f"(rate(grpc_server_handled_total{{{SERVER}}}[$__rate_interval])) > 0",
                            "{{grpc_method}}",
                        )
                    ],
                    "server",
                    width=12,
                    stacked=True,
                ),
                Panel(
                    "Calls by status code",
                    "Answers that are not OK. Lost locks (FAILED_PRECONDITION) and the like are "
                    "part of normal work.",
                    "ops",
                    [
                        Query(
                            "sum by (grpc_code) (rate(grpc_server_handled_total"
                            f'{{{SERVER}, grpc_code!="OK"}}[$__rate_interval]))',
                            "{{grpc_code}}",
                        )
                    ],
                    "server",
                    width=12,
                ),
                Panel(
                    "Latency",
                    "How long calls take from their arrival to their answer, fetches left out.",
                    "s",
                    [
                        Query(quantile(q, "grpc_server_handling_seconds", NO_FETCH), f"p{name}")
                        for q, name in ((0.5, "50"), (0.9, "90"), (0.99, "99"))
                    ],
                    "server",
                ),
                Panel(
                    "p99 by method",
                    "The ten slowest methods, fetches left out.",
                    "s",
                    [
                        Query(
                            "topk(10, "
                            + quantile(
                                0.99, "grpc_server_handling_seconds", NO_FETCH, "grpc_method"
                            )
                            + ")",
                            "{{grpc_method}}",
                        )
                    ],
                    "server",
                ),
                Panel(
                    "Fetches, with what they wait",
                    "How long fetches take. Where there is little work most of it is waiting, up "
                    "to the time that the caller asked for.",
                    "s",
                    [
                        Query(
                            quantile(
                                q,
                                "grpc_server_handling_seconds",
                                f'{SERVER}, grpc_method=~"Fetch.*"',
                                "grpc_method",
                            ),
                            f"{{{{grpc_method}}}} p{name}",
                        )
                        for q, name in ((0.5, "50"), (0.99, "99"))
                    ],
                    "server",
                ),
                Panel(
                    "Under way",
                    "Calls that have arrived and have no answer yet, waiting fetches among them.",
                    "short",
                    [
                        Query(
                            f"sum by (instance) (grpc_server_started_total{{{SERVER}}}) "
                            f"- sum by (instance) (grpc_server_handled_total{{{SERVER}}})",
                            "{{instance}}",
                        )
                    ],
                    "server",
                    width=12,
                ),
                Panel(
                    "Latency over time",
                    "How many calls took how long, fetches left out: the darker, the more.",
                    "s",
                    [
                        Query(
                            "sum by (le) (increase(grpc_server_handling_seconds_bucket"
                            f"{{{NO_FETCH}}}[$__rate_interval]))",
                            "{{le}}",
                        )
                    ],
                    "server",
                    "heatmap",
                    width=12,
                    minimum=None,
                ),
            ],
        ),
        Row(
            "Commits",
            [
                Panel(
                    "Transactions",
                    "Transactions by second, and requests that they carry. Under load many "
                    "requests share one.",
                    "ops",
                    [
                        Query(
                            "sum(rate(duroxide_provider_commit_batch_size_count"
                            f"{{{SERVER}}}[$__rate_interval]))",
                            "transactions",
                        ),
                        Query(
                            "sum(rate(duroxide_provider_commit_batch_size_sum"
                            f"{{{SERVER}}}[$__rate_interval]))",
                            "requests",
                        ),
                    ],
                    "database",
                ),
                Panel(
                    "Requests in a transaction",
                    "Mean and p99. The engine takes what has queued up while the last "
                    "transaction was made durable.",
                    "short",
                    [
                        Query(
                            "sum(rate(duroxide_provider_commit_batch_size_sum"
                            f"{{{SERVER}}}[$__rate_interval])) / "
                            "sum(rate(duroxide_provider_commit_batch_size_count"
                            f"{{{SERVER}}}[$__rate_interval]))",
                            "mean",
                        ),
                        Query(
                            quantile(0.99, "duroxide_provider_commit_batch_size", SERVER), "p99"
                        ),
                    ],
                    "database",
                ),
                Panel(
                    "Time of a commit",
                    "From a transaction's begin until it was durable. Where it grows and the "
                    "batches do not, the disk is slow.",
                    "s",
                    [
                        Query(quantile(q, "duroxide_provider_commit_seconds", SERVER), f"p{name}")
                        for q, name in ((0.5, "50"), (0.99, "99"))
                    ],
                    "database",
                ),
            ],
        ),
        Row(
            "Queues and locks",
            [
                Panel(
                    "Queue depth",
                    "Messages of the default store that could be fetched now. Where it grows "
                    "there are too few dispatchers or workers.",
                    "short",
                    [
                        Query(
                            f"duroxide_provider_queue_depth{{{SERVER}}}",
                            "{{queue}} {{instance}}",
                        )
                    ],
                    "server",
                ),
                Panel(
                    "Fetches that wait",
                    "Long polls: fetches that wait for work. None while a queue is deep is what "
                    "a busy system looks like.",
                    "short",
                    [
                        Query(
                            f"duroxide_provider_long_polls_waiting{{{SERVER}}}",
                            "{{queue}} {{instance}}",
                        )
                    ],
                    "server",
                ),
                Panel(
                    "Locks that ran out",
                    "By second. Their holders died, hung, or took longer than the lock; what "
                    "they did is done again.",
                    "ops",
                    [
                        Query(
                            "rate(duroxide_provider_lock_expiries_total"
                            f"{{{SERVER}}}[$__rate_interval])",
                            "{{queue}} {{instance}}",
                        )
                    ],
                    "server",
                    thresholds=RED_ABOVE_0,
                ),
            ],
        ),
    ],
)
