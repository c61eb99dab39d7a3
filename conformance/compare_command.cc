#include "conformance/compare_command.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/progress.h"
#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/compare/rounds.h"
#include "conformance/stress/progress.h"
#include "conformance/stress/stress_test.h"
#include "conformance/stress_contestants.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using stress::Contestant;
using stress::RunRecord;

int CouldNotCompare(const absl::Status& status, std::ostream& err) {
  err << "duroxide-compat: " << status.message() << "\n";
  return kExitCouldNotRun;
}

// Runs contestants, and keeps each run as soon as it has ended.
class Arena {
 public:
  Arena(const CompareOptions& options, StressRecords& records,
        const std::stop_token& stop, std::ostream& err)
      : options_(options),
        records_(records),
        stop_(stop),
        err_(err),
        progress_(err, TerminalWidth(STDERR_FILENO)),
        name_(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                               absl::UTCTimeZone())) {}

  // A provider of the runner's own is started anew for each round, so that no
  // contestant works on what rounds before have left.
  absl::StatusOr<RunRecord> Run(const PlannedContestant& contestant,
                                int round) {
    err_ << "round " << round << " of " << options_.rounds << ": "
         << Printable(contestant.name) << "\n"
         << std::flush;
    const auto target = StressTarget::Connect(contestant.target, stop_);
    if (!target.ok()) return About(contestant, target.status());
    std::vector<stress::WatchedProcess> watched;
    if (target->pid() != 0) {
      watched.push_back({.name = "provider", .pid = target->pid()});
    }
    auto result = RunScenario(*contestant.load.scenario, contestant.load.config,
                              target->provider(),
                              {.provider_name = contestant.provider_name,
                               .processes = std::move(watched),
                               .observers = {&progress_},
                               .stop = stop_});
    progress_.Clear();
    if (!result.ok()) return About(contestant, result.status());
    RunRecord record = records_.RecordOf(*std::move(result), contestant.target);
    record.comparison = name_;
    record.round = round;
    if (absl::Status kept = records_.Keep(record); !kept.ok()) return kept;
    return record;
  }

 private:
  static absl::Status About(const PlannedContestant& contestant,
                            const absl::Status& error) {
    return absl::Status(error.code(),
                        Concat(contestant.name, ": ", error.message()));
  }

  const CompareOptions& options_;
  StressRecords& records_;
  const std::stop_token stop_;
  std::ostream& err_;
  stress::LoadProgress progress_;
  const std::string name_;
};

absl::StatusOr<std::vector<RunRecord>> ReadKept(
    const PlannedContestant& contestant, const StressRecords& records) {
  if (!records.results()) {
    return absl::InvalidArgumentError(
        Concat(contestant.name,
               ": its runs are in no database; give "
               "--results FILE"));
  }
  auto runs = records.results()->Read(*contestant.kept);
  if (!runs.ok()) return runs.status();
  const size_t wanted = contestant.kept->ids.size();
  if (runs->empty() || runs->size() < wanted) {
    return absl::NotFoundError(
        Concat(contestant.name, ": ", runs->size(), " such runs are kept",
               wanted > 0 ? Concat(", not ", wanted) : ""));
  }
  return runs;
}

absl::StatusOr<std::vector<Contestant>> RunAll(
    const std::vector<PlannedContestant>& planned,
    const CompareOptions& options, StressRecords& records,
    const std::stop_token& stop, std::ostream& err) {
  // What is kept is looked for first: a mistake shows before the first round.
  std::vector<Contestant> contestants;
  std::vector<std::string> names;
  std::vector<size_t> to_run;
  for (size_t i = 0; i < planned.size(); ++i) {
    contestants.push_back({.name = planned[i].name});
    if (!planned[i].kept) {
      names.push_back(planned[i].name);
      to_run.push_back(i);
      continue;
    }
    auto runs = ReadKept(planned[i], records);
    if (!runs.ok()) return runs.status();
    contestants[i].runs = *std::move(runs);
  }
  if (to_run.empty()) return contestants;
  Arena arena(options, records, stop, err);
  auto ran =
      stress::RunRounds(names, options.rounds, [&](size_t one, int round) {
        return arena.Run(planned[to_run[one]], round);
      });
  if (!ran.ok()) return ran.status();
  for (size_t i = 0; i < to_run.size(); ++i) {
    contestants[to_run[i]].runs = std::move((*ran)[i].runs);
  }
  return contestants;
}

bool AllSound(const stress::Contest& contest) {
  return std::all_of(
      contest.contestants.begin(), contest.contestants.end(),
      [](const Contestant& contestant) {
        return std::all_of(
            contestant.runs.begin(), contestant.runs.end(),
            [](const RunRecord& run) { return run.result.sound(); });
      });
}

}  // namespace

int CompareLoads(const CompareOptions& options, std::ostream& out,
                 std::ostream& err) {
  const Interrupt interrupt;
  const auto loads = PlanLoads(options.loads);
  if (!loads.ok()) return CouldNotCompare(loads.status(), err);
  const auto planned = PlanContestants(options.targets, *loads);
  if (!planned.ok()) return CouldNotCompare(planned.status(), err);
  auto records = StressRecords::Open(options.records);
  if (!records.ok()) return CouldNotCompare(records.status(), err);
  auto contestants =
      RunAll(*planned, options, *records, interrupt.token(), err);
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  if (!contestants.ok()) return CouldNotCompare(contestants.status(), err);
  auto contest =
      stress::Compare(*std::move(contestants), options.across_machines);
  if (!contest.ok()) return CouldNotCompare(contest.status(), err);
  stress::StressReport report = NewStressReport();
  report.comparison = *std::move(contest);
  if (absl::Status written = records->Write(report, out, err); !written.ok()) {
    return CouldNotCompare(written, err);
  }
  return AllSound(*report.comparison) ? kExitPassed : kExitFailed;
}

}  // namespace duroxide::conformance
