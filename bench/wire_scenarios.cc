#include "absl/strings/str_cat.h"
#include "bench/closed_loop.h"
#include "bench/scenario.h"
#include "bench/wire_operations.h"

namespace duroxide::bench {
namespace {

struct Act {
  const char* name;
  Stock stock;
  Work work;
};

constexpr Act kActs[] = {
    {"info", Stock::kEmpty, Work::kInfo},
    {"enqueue", Stock::kEmpty, Work::kEnqueue},
    {"ack-activity", Stock::kHeldActivities, Work::kAckActivity},
    {"fetch-ack-activity", Stock::kActivities, Work::kFetchAndAckActivity},
    {"ack-turn", Stock::kHeldTurns, Work::kAckTurn},
    {"fetch-ack-turn", Stock::kTurns, Work::kFetchAndAckTurn},
};

// Beside so much; what comes goes again, so that it stays as much.
constexpr Act kGrowth[] = {
    {"activity/empty", Stock::kEmpty, Work::kActivityCycle},
    {"activity/100000-queued", Stock::kQueued, Work::kActivityCycle},
    {"activity/100000-finished", Stock::kFinished, Work::kActivityCycle},
    {"activity/10000-delayed", Stock::kDelayed, Work::kActivityCycle},
    {"turn/empty", Stock::kEmpty, Work::kTurnCycle},
    {"turn/100000-queued", Stock::kQueued, Work::kTurnCycle},
    {"turn/100000-finished", Stock::kFinished, Work::kTurnCycle},
    {"turn/10000-delayed", Stock::kDelayed, Work::kTurnCycle},
};
constexpr int kGrowthInFlight = 8;

absl::StatusOr<Sample> MeasureWire(Workbench& bench, Transport transport,
                                   const Act& act, int in_flight) {
  const auto database = bench.Copy(act.stock);
  if (!database.ok()) return database.status();
  const auto server = bench.StartServer(transport, **database);
  if (!server.ok()) return server.status();
  Supply supply((*database)->held());
  Operations operations;
  for (int lane = 0; lane < in_flight; ++lane) {
    operations.push_back(MakeOperation(
        act.work,
        {.provider = *server->client, .supply = supply, .lane = lane}));
  }
  return RunClosedLoop(operations, bench.duration(), *server->process);
}

}  // namespace

void AddWire(Scenarios& scenarios) {
  for (const Transport transport : {Transport::kUnix, Transport::kTcp}) {
    for (const Act& act : kActs) {
      for (const int in_flight : {1, 8, 64}) {
        scenarios.push_back(
            {.name = absl::StrCat("wire/", NameOf(transport), "/", act.name,
                                  "/", in_flight),
             .measure = [=](Workbench& bench) {
               return MeasureWire(bench, transport, act, in_flight);
             }});
      }
    }
  }
}

void AddGrowth(Scenarios& scenarios) {
  for (const Act& act : kGrowth) {
    scenarios.push_back({.name = absl::StrCat("growth/", act.name),
                         .measure = [=](Workbench& bench) {
                           return MeasureWire(bench, Transport::kUnix, act,
                                              kGrowthInFlight);
                         }});
  }
}

Scenarios AllScenarios() {
  Scenarios scenarios;
  AddEchoes(scenarios);
  AddRawStorage(scenarios);
  AddWire(scenarios);
  AddGrowth(scenarios);
  AddWaitingFetches(scenarios);
  AddTurns(scenarios);
  return scenarios;
}

}  // namespace duroxide::bench
