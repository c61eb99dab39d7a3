#include <chrono>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "bench/messages.h"
#include "bench/scenario.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/database.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"

namespace duroxide::bench {
namespace {

using sqlite::Connection;
using sqlite::kDefaultStore;
using Clock = std::chrono::steady_clock;

constexpr absl::Duration kBusyTimeout = absl::Seconds(10);

// An act of the engine: which requests it has, and the room that does one.
struct Enqueueing {
  static constexpr const char* kName = "enqueue";
  static constexpr Stock kStock = Stock::kEmpty;
  using Request = v1::EnqueueOrchestratorItemRequest;
  static bool Next(const Database&, size_t number, Request& request) {
    request = Start(absl::StrCat("new-", number));
    return true;
  }
  static absl::Status Do(Connection& db, const Request& request) {
    sqlite::EnqueueMessage(db, kDefaultStore, request.item(), sqlite::NowUs());
    return absl::OkStatus();
  }
};

struct AckingActivities {
  static constexpr const char* kName = "ack-activity";
  static constexpr Stock kStock = Stock::kHeldActivities;
  using Request = v1::AckWorkItemRequest;
  static bool Next(const Database& database, size_t number, Request& request) {
    if (number >= database.held().size()) return false;
    request = AckOfActivity(database.held()[number]);
    return true;
  }
  static absl::Status Do(Connection& db, const Request& request) {
    return sqlite::AckWork(db, kDefaultStore, request);
  }
};

struct AckingTurns {
  static constexpr const char* kName = "ack-turn";
  static constexpr Stock kStock = Stock::kHeldTurns;
  using Request = v1::AckOrchestrationItemRequest;
  static bool Next(const Database& database, size_t number, Request& request) {
    if (number >= database.held().size()) return false;
    request = SecondTurn(database.held()[number]);
    return true;
  }
  static absl::Status Do(Connection& db, const Request& request) {
    return sqlite::AckTurn(db, kDefaultStore, request);
  }
};

// One transaction, a savepoint for each request, as the commit queue does it.
template <typename Act>
absl::Status Commit(Connection& db,
                    const std::vector<typename Act::Request>& requests) {
  db.Run("BEGIN IMMEDIATE");
  for (const typename Act::Request& request : requests) {
    if (absl::Status done =
            sqlite::InSavepoint(db, [&] { return Act::Do(db, request); });
        !done.ok()) {
      return done;
    }
  }
  db.Run("COMMIT");
  return db.error();
}

template <typename Act>
absl::StatusOr<Sample> MeasureRaw(Workbench& bench, size_t group) {
  const auto database = bench.Copy(Act::kStock);
  if (!database.ok()) return database.status();
  const auto db = sqlite::OpenForWriting((*database)->file(), kBusyTimeout);
  if (!db.ok()) return db.status();

  std::vector<absl::Duration> latencies;
  // The time, and the processor time, of transactions alone.
  absl::Duration busy;
  absl::Duration cpu;
  std::vector<typename Act::Request> requests(group);
  const Clock::time_point end =
      Clock::now() + absl::ToChronoNanoseconds(bench.duration());
  for (size_t number = 0; Clock::now() < end;) {
    for (typename Act::Request& request : requests) {
      if (!Act::Next(**database, number++, request)) {
        return Summarise(latencies, busy, cpu, absl::ZeroDuration());
      }
    }
    const absl::Duration cpu_before = OwnCpuTime();
    const Clock::time_point begin = Clock::now();
    if (absl::Status status = Commit<Act>(**db, requests); !status.ok()) {
      return status;
    }
    const absl::Duration latency = absl::FromChrono(Clock::now() - begin);
    busy += latency;
    cpu += OwnCpuTime() - cpu_before;
    // Each request waits for the whole transaction.
    latencies.insert(latencies.end(), group, latency);
  }
  return Summarise(latencies, busy, cpu, absl::ZeroDuration());
}

template <typename Act>
void AddAct(Scenarios& scenarios) {
  for (const size_t group : {1, 8, 64}) {
    scenarios.push_back({.name = absl::StrCat("raw/", Act::kName, "/", group),
                         .measure = [group](Workbench& bench) {
                           return MeasureRaw<Act>(bench, group);
                         }});
  }
}

}  // namespace

void AddRawStorage(Scenarios& scenarios) {
  AddAct<Enqueueing>(scenarios);
  AddAct<AckingActivities>(scenarios);
  AddAct<AckingTurns>(scenarios);
}

}  // namespace duroxide::bench
