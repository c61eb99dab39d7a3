// The texts of what a bad result means.

#include "conformance/stress/judge/diagnosis.h"

namespace duroxide::stress {

std::span<const SignOfTrouble> SignsOfTrouble() {
  static const std::vector<SignOfTrouble> signs = {
      {.id = "check_failed",
       .title = "Work was lost, done twice or left behind",
       .fault = true,
       .causes =
           {"an acknowledgement is not one transaction: messages, history and "
            "the release of the lock become durable one without the other",
            "a lock is taken over while its holder's acknowledgement is on its "
            "way, and both count",
            "what was enqueued is answered before it is durable"},
       .next_steps =
           {"run duroxide-compat validate: the categories atomicity, "
            "instance_locking and lock_expiration show each of these alone",
            "look at the example above in the store: its history, its "
            "messages, its lock",
            "run the same load with --concurrency 1/1: what remains wrong is "
            "no "
            "race"}},
      {.id = "success_below_100",
       .title = "Not all instances completed",
       .fault = true,
       .causes =
           {"the provider answers with errors that retries do not mend: "
            "deadlocks, lost connections, violated constraints",
            "locks run out while their holders still work, and the work is "
            "given up after too many attempts",
            "messages are lost or delivered to nobody, so that instances wait "
            "until --wait-timeout"},
       .next_steps =
           {"read the errors above and the provider's log of the same time",
            "compare the calls that failed with the provider's transactions",
            "run duroxide-compat validate, then this load with --concurrency "
            "1/1 and --max-concurrent 1"}},
      {.id = "no_throughput",
       .title = "Nothing completed",
       .fault = true,
       .causes =
           {"what is acknowledged is not committed, or does not reach the "
            "queues",
            "fetched messages stay locked: acknowledgements or abandons do not "
            "release them",
            "fetches do not return what is ready, or compare its time with "
            "another clock",
            "the load is shorter than one instance takes"},
       .next_steps =
           {"run duroxide-compat validate: it tells which call does not do "
            "what "
            "it says",
            "look into the store: are there messages, are they locked, until "
            "when",
            "run with --max-concurrent 1 and read the calls of the one "
            "instance in the provider's log"}},
      {.id = "process_ended",
       .title = "A watched process ended during the load",
       .fault = true,
       .causes = {"it crashed, or ran into a limit of memory or files",
                  "somebody restarted it under a new process id"},
       .next_steps = {"read the last lines of its log and the kernel's (dmesg)",
                      "watch its container instead of its process id, which "
                      "survives a restart"}},
      {.id = "latency_varies",
       .title = "Latency varies a lot",
       .fault = false,
       .causes =
           {"callers wait for the same locks: rows, tables, the whole database",
            "the store pauses: checkpoints, compaction, flushes to disk, "
            "garbage collection",
            "too few connections, or queries without an index that get slower "
            "with the table",
            "a message is found by polling and not at once"},
       .next_steps =
           {"see which call has the long tail in the table of calls",
            "halve --max-concurrent: where the tail shrinks by more than half, "
            "callers wait for each other",
            "look at the plans and times of the slowest queries, and at the "
            "disk, during the load"}},
      {.id = "throughput_falls",
       .title = "Throughput falls over time",
       .fault = false,
       .causes =
           {"queries get slower as tables grow: no index, or old rows are not "
            "removed",
            "a resource runs out: connections, memory, credits of a disk or "
            "of a virtual machine",
            "messages that failed are delivered again and again"},
       .next_steps =
           {"run ten times as long: does it settle, or go on falling?",
            "count the rows of each table at the begin and the end",
            "prune or delete what ended, and see whether it recovers"}},
      {.id = "no_scaling",
       .title = "More concurrency does not help",
       .fault = false,
       .causes =
           {"everything passes through one writer or one lock",
            "the processors are busy: see what the processes used",
            "the pool of connections is smaller than the concurrency",
            "there is not enough work for more dispatchers: too few instances "
            "at a time"},
       .next_steps =
           {"compare the times of the calls at both settings: those that grow "
            "in step with concurrency wait for each other",
            "raise --max-concurrent",
            "watch the provider with --watch, or run it on a machine of its "
            "own"}},
      {.id = "scaling_backwards",
       .title = "More concurrency makes it slower",
       .fault = false,
       .causes =
           {"callers work against each other: conflicts that are tried again, "
            "deadlocks, locks that are fought over",
            "the machine is overloaded, runner and provider on the same "
            "processors"},
       .next_steps =
           {"count the calls that failed with ABORTED or UNAVAILABLE at both "
            "settings",
            "find the statements that wait for locks in the database's own "
            "views",
            "serialise the conflicting part in the provider, and measure "
            "again"}},
      {.id = "rate_not_reached",
       .title = "The asked rate was not reached",
       .fault = false,
       .causes = {"the provider's limit is lower than --rate",
                  "--concurrency is too low for the delay of the activities"},
       .next_steps = {"find the limit with --find-limit",
                      "raise --concurrency, and see whether the rate follows"}},
      {.id = "memory_grows",
       .title = "Memory grows",
       .fault = false,
       .causes =
           {"old executions and ended instances stay: a store in memory grows "
            "with each",
            "connections, statements or buffers are not given back",
            "large payloads are held longer than their call"},
       .next_steps =
           {"divide the growth by the completed instances: what is as large as "
            "a history is history",
            "run ten times as long: a cache stops growing, a leak does not",
            "prune or delete instances during the load, or take a heap "
            "profile"}},
      {.id = "handles_grow",
       .title = "Open files or threads grow",
       .fault = false,
       .causes = {"connections are opened and not returned to a pool",
                  "each call leaves a thread or a stream behind"},
       .next_steps = {"list them during the load: ls -l /proc/PID/fd",
                      "set a limit on the pool, and see what waits for it"}},
      {.id = "runner_late",
       .title = "The runner was late: the figures are not certified",
       .fault = false,
       .causes = {"the machine has fewer processors than runner and provider "
                  "together want",
                  "other programs run on it, or its host takes time away"},
       .next_steps =
           {"run the provider on another machine, or lower the load",
            "end other programs and run again; nothing here is to be compared "
            "with other runs"}},
  };
  return signs;
}

}  // namespace duroxide::stress
