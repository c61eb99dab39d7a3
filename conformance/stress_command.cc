#include "conformance/stress_command.h"

#include <unistd.h>

#include <algorithm>
#include <iomanip>
#include <utility>

#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/progress.h"
#include "conformance/stress/find_limit.h"
#include "conformance/stress/judge/diagnosis.h"
#include "conformance/stress/judge/thresholds.h"
#include "conformance/stress/keep/judged.h"
#include "conformance/stress/progress.h"
#include "conformance/stress/stress_test.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using stress::Judgement;
using stress::Scenario;
using stress::StressConfig;
using stress::StressResult;

int CouldNotRun(const absl::Status& status, std::ostream& err) {
  err << "duroxide-compat: " << status.message() << "\n";
  return kExitCouldNotRun;
}

absl::StatusOr<std::vector<stress::WatchedProcess>> WatchedOf(
    const StressOptions& options, const StressTarget& target) {
  std::vector<stress::WatchedProcess> watched;
  if (target.pid() != 0) {
    watched.push_back({.name = "provider", .pid = target.pid()});
  }
  for (const std::string& text : options.watch) {
    auto process = stress::ParseWatched(text);
    if (!process.ok()) return process.status();
    if (std::ranges::find(watched, process->name,
                          &stress::WatchedProcess::name) != watched.end()) {
      return absl::InvalidArgumentError(Concat(
          "--watch ", text, ": another process is watched under this name"));
    }
    watched.push_back(*std::move(process));
  }
  return watched;
}

// Runs the plan's loads one after the other.
class Session {
 public:
  Session(const StressOptions& options, const StressTarget& target,
          stress::LoadOptions load_options, std::ostream& out)
      : options_(options),
        target_(target),
        load_options_(std::move(load_options)),
        out_(out) {}

  absl::Status Run(const PlannedLoad& load) {
    if (options_.find_limit) return FindItsLimit(load);
    auto result = RunOne(*load.scenario, load.config);
    if (!result.ok()) return result.status();
    results_.push_back(*std::move(result));
    return absl::OkStatus();
  }

  const std::vector<StressResult>& results() const { return results_; }

 private:
  absl::StatusOr<StressResult> RunOne(const Scenario& scenario,
                                      const StressConfig& config) {
    return RunScenario(scenario, config, target_.provider(), load_options_);
  }

  absl::Status FindItsLimit(const PlannedLoad& load) {
    auto limit =
        stress::FindLimit(load.config, [&](const StressConfig& config) {
          auto result = RunOne(*load.scenario, config);
          if (result.ok()) WriteStep(*result);
          return result;
        });
    if (!limit.ok()) return limit.status();
    out_ << load.scenario->name << " " << Label(load.config) << ": "
         << std::fixed << std::setprecision(1) << limit->rate
         << " a second is the highest rate that is sustained\n";
    // The results are those of the highest rate; what is beyond fails by
    // intention.
    for (stress::LimitStep& step : limit->steps) {
      if (step.sustained && step.result.config.rate == limit->rate) {
        results_.push_back(std::move(step.result));
      }
    }
    return absl::OkStatus();
  }

  void WriteStep(const StressResult& result) {
    out_ << std::fixed << std::setprecision(1);
    if (result.config.rate > 0) {
      out_ << "  rate " << result.config.rate;
    } else {
      out_ << "  closed loop";
    }
    out_ << ": " << result.orchestrations_per_second() << " a second, p99 "
         << absl::ToDoubleMilliseconds(result.latency.Percentile(0.99))
         << " ms\n";
  }

  const StressOptions& options_;
  const StressTarget& target_;
  const stress::LoadOptions load_options_;
  std::ostream& out_;
  std::vector<StressResult> results_;
};

// Keeps the runs, and writes what is to be read of them.
absl::Status WriteRecords(const std::vector<StressResult>& results,
                          const std::vector<Judgement>& judgements,
                          const StressTargetOptions& target,
                          StressRecords& records, std::ostream& out,
                          std::ostream& err) {
  if (results.empty()) return absl::OkStatus();
  stress::StressReport report = NewStressReport();
  for (const StressResult& result : results) {
    report.runs.push_back(records.RecordOf(result, target));
  }
  NoteJudgements(judgements, stress::Diagnose(results), report.runs);
  absl::Status written;
  for (stress::RunRecord& run : report.runs) written.Update(records.Keep(run));
  written.Update(records.Write(report, out, err));
  return written;
}

int ExitCodeOf(const std::vector<StressResult>& results,
               Judgement::Verdict thresholds) {
  for (const StressResult& result : results) {
    if (!result.sound()) return kExitFailed;
  }
  switch (thresholds) {
    case Judgement::Verdict::kCannotJudge:
      return kExitCouldNotRun;
    case Judgement::Verdict::kNotMet:
      return kExitThresholdNotMet;
    case Judgement::Verdict::kMet:
      break;
  }
  return results.empty() ? kExitFailed : kExitPassed;
}

}  // namespace

int ListScenarios(std::ostream& out) {
  for (const Scenario& scenario : stress::Scenarios()) {
    out << std::left << std::setw(26) << scenario.name
        << scenario.traits.summary << "\n";
  }
  return kExitPassed;
}

int Stress(const StressOptions& options, std::ostream& out, std::ostream& err) {
  const Interrupt interrupt;
  const auto plan = PlanLoads(options.loads);
  if (!plan.ok()) return CouldNotRun(plan.status(), err);
  const auto thresholds = stress::ParseThresholds(options.require);
  if (!thresholds.ok()) return CouldNotRun(thresholds.status(), err);
  auto records = StressRecords::Open(options.records);
  if (!records.ok()) return CouldNotRun(records.status(), err);
  const auto target = StressTarget::Connect(options.target, interrupt.token());
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  if (!target.ok()) return CouldNotRun(target.status(), err);
  auto watched = WatchedOf(options, *target);
  if (!watched.ok()) return CouldNotRun(watched.status(), err);
  const auto outputs = StressOutputs::Open(options.outputs, err);
  if (!outputs.ok()) return CouldNotRun(outputs.status(), err);

  stress::LoadProgress progress(err, TerminalWidth(STDERR_FILENO));
  Session session(options, *target,
                  {.processes = *std::move(watched),
                   .observers = {&progress, &(*outputs)->observer()},
                   .stop = interrupt.token()},
                  TakesStandardOutput(options.records.reports) ? err : out);
  for (const PlannedLoad& load : *plan) {
    const absl::Status done = session.Run(load);
    progress.Clear();
    if (interrupt.signal() != 0 || !done.ok()) {
      // What was measured is not lost.
      absl::Status written = WriteRecords(session.results(), {}, options.target,
                                          *records, out, err);
      written.Update((*outputs)->End({}, interrupt.token(), err));
      if (!written.ok()) CouldNotRun(written, err);
      if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
      return CouldNotRun(done, err);
    }
  }

  const auto judgements =
      stress::JudgeThresholds(*thresholds, session.results());
  absl::Status written = WriteRecords(session.results(), judgements,
                                      options.target, *records, out, err);
  written.Update((*outputs)->End(judgements, interrupt.token(), err));
  const int code = ExitCodeOf(session.results(), stress::Together(judgements));
  if (written.ok()) return code;
  const int could_not = CouldNotRun(written, err);
  return code == kExitPassed ? could_not : code;
}

}  // namespace duroxide::conformance
