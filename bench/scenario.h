#ifndef DUROXIDE_BENCH_SCENARIO_H_
#define DUROXIDE_BENCH_SCENARIO_H_

// Everything that can be measured, by name.

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/sample.h"
#include "bench/workbench.h"

namespace duroxide::bench {

struct Scenario {
  // What/how/how many, e.g. "wire/unix/ack-turn/64".
  std::string name;
  std::function<absl::StatusOr<Sample>(Workbench&)> measure;
};
using Scenarios = std::vector<Scenario>;

// echo/TRANSPORT/IN_FLIGHT: the empty call, which nothing over gRPC can beat.
void AddEchoes(Scenarios& scenarios);

// raw/ACT/GROUP: the statements of an act alone, in transactions of so many
// acts, on one thread: what nothing over this storage can beat.
void AddRawStorage(Scenarios& scenarios);

// wire/TRANSPORT/ACT/IN_FLIGHT: client, server and file.
void AddWire(Scenarios& scenarios);

// growth/QUEUE/STOCK: enqueue, fetch and ack beside what is stored already.
void AddGrowth(Scenarios& scenarios);

// wait/TRANSPORT/1000: fetches that wait, and how fast one is woken.
void AddWaitingFetches(Scenarios& scenarios);

// turn/KEPT/EVENTS: a turn that a runtime takes, of an execution with so many
// events.
void AddTurns(Scenarios& scenarios);

// All of the above, those to be compared next to each other.
Scenarios AllScenarios();

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_SCENARIO_H_
