#include <unistd.h>

#include <algorithm>
#include <random>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "conformance/case.h"
#include "conformance/commands.h"
#include "conformance/embedded_texts.h"
#include "conformance/exit_codes.h"
#include "conformance/expectations.h"
#include "conformance/interrupt.h"
#include "conformance/observers.h"
#include "conformance/outputs.h"
#include "conformance/progress.h"
#include "conformance/report.h"
#include "conformance/required_cases.h"
#include "conformance/run_summary.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/stall_watch.h"
#include "conformance/target.h"
#include "conformance/text.h"
#include "conformance/tracer.h"

namespace duroxide::conformance {
namespace {

std::string Flag(std::string_view name, std::string_view value) {
  return Concat(" --", name, "=", ShellQuoted(value));
}

// The flags of `replay` that name the provider. It takes one endpoint, and
// starts nothing but what is embedded.
std::string ReplayFlags(const TargetOptions& target) {
  if (!target.endpoints.empty()) {
    return Flag("endpoint", target.endpoints.front());
  }
  if (!target.spawn.empty()) return " --endpoint=ENDPOINT";
  if (target.embedded == TargetOptions().embedded) return "";
  return Flag("embedded", target.embedded);
}

// The flags that name the provider.
std::string TargetFlags(const TargetOptions& target) {
  std::string flags;
  for (const std::string& endpoint : target.endpoints) {
    flags += Flag("endpoint", endpoint);
  }
  if (!target.spawn.empty()) flags += Flag("spawn", target.spawn);
  if (target.embedded != TargetOptions().embedded) {
    flags += Flag("embedded", target.embedded);
  }
  if (target.isolation) {
    flags += Flag("isolation", IsolationName(*target.isolation));
  }
  return flags;
}

// The command that makes the same run, up to the selection of cases and the
// seed.
std::string CommandOf(const ValidateOptions& options) {
  std::string command = Concat(ShellQuoted(options.program), " validate",
                               TargetFlags(options.target));
  if (options.lock_timeout) {
    command +=
        Flag("lock-timeout", absl::FormatDuration(*options.lock_timeout));
  }
  if (options.round_trip) {
    command += Flag("round-trip", absl::FormatDuration(*options.round_trip));
  }
  if (options.case_timeout) {
    command += Flag("timeout", absl::FormatDuration(*options.case_timeout));
  }
  if (options.require_capabilities) command += " --require-capabilities";
  return command;
}

RunInfo InfoOf(const ValidateOptions& options) {
  return {.tool_version = DUROXIDE_COMPAT_VERSION,
          .command = CommandOf(options),
          .replay_command = Concat(ShellQuoted(options.program), " replay",
                                   ReplayFlags(options.target)),
          .artifacts = options.outputs.artifacts,
          .environment = ThisEnvironment()};
}

int CouldNotRun(const absl::Status& why, std::ostream& err) {
  err << "duroxide-compat: " << why.message() << "\n";
  return kExitCouldNotRun;
}

absl::StatusOr<Expectations> ReadAllExpectations(
    const ValidateOptions& options) {
  std::vector<ExpectationEntry> all;
  const auto read = [&all](const std::string& path, Expectation::Kind kind,
                           std::string_view flag) {
    if (path.empty()) return absl::OkStatus();
    auto entries = ReadExpectations(path, kind, flag);
    if (!entries.ok()) return entries.status();
    std::move(entries->begin(), entries->end(), std::back_inserter(all));
    return absl::OkStatus();
  };
  absl::Status done = read(options.known_failing,
                           Expectation::Kind::kKnownFailing, "--known-failing");
  done.Update(read(options.known_flaky, Expectation::Kind::kKnownFlaky,
                   "--known-flaky"));
  if (!done.ok()) return done;
  return Expectations::Make(
      std::move(all), RegisteredCases(),
      absl::ToCivilDay(absl::Now(), absl::LocalTimeZone()));
}

int JobsFor(Isolation isolation) {
  switch (isolation) {
    case Isolation::kStore:
      return 64;
    case Isolation::kSpawn:
      // Each starts a process, which takes a processor for a while.
      return static_cast<int>(
          std::max(2u, std::thread::hardware_concurrency()));
    case Isolation::kShared:
      return 1;
  }
  return 1;
}

// Short, because people copy it.
uint64_t AnySeed() { return std::random_device()() % 1'000'000; }

RunConditions ConditionsOf(const ValidateOptions& options,
                           const Target& target) {
  const Link& link = target.link();
  const bool one_room = target.isolation() == Isolation::kShared;
  return {
      .started_at = absl::Now(),
      .endpoints = target.endpoints(),
      .provider = target.info(),
      .isolation = target.isolation(),
      .jobs = one_room ? 1 : options.jobs.value_or(JobsFor(target.isolation())),
      .lock_timeout = options.lock_timeout.value_or(
          LockTimeFor(options.round_trip.value_or(link.slowest))),
      .seed = options.seed ? *options.seed : AnySeed(),
      .shuffled = options.plan.shuffle,
      .round_trip = options.round_trip.value_or(link.round_trip),
      .slowest_round_trip = options.round_trip.value_or(link.slowest),
      .clock_offset = link.clock_offset,
      .clock_uncertainty = link.clock.uncertainty};
}

RunOptions RunOptionsOf(const ValidateOptions& options, const Target& target,
                        const RunConditions& conditions) {
  return {.rooms = &target.rooms(),
          .info = target.info(),
          .lock_timeout = conditions.lock_timeout,
          .at_once = AtOnceFor(conditions.slowest_round_trip),
          .clock = target.link().clock,
          .case_timeout = options.case_timeout.value_or(
              CaseTimeoutFor(conditions.slowest_round_trip)),
          .require_capabilities = options.require_capabilities};
}

Plan PlanOf(const ValidateOptions& options, std::vector<const Case*> cases,
            uint64_t seed) {
  PlanOptions plan = options.plan;
  plan.seed = seed;
  return {std::move(cases), plan};
}

// How often a case will be run; 0 where time decides.
size_t RunsOf(const ValidateOptions& options, size_t cases) {
  if (options.plan.repeat_for > absl::ZeroDuration()) return 0;
  return cases * static_cast<size_t>(options.plan.repeat);
}

void TellOfStoresLeft(const Target& target, std::ostream& err) {
  const std::vector<std::string> left = target.left_behind();
  if (left.empty()) return;
  err << "duroxide-compat: the provider did not drop these stores: "
      << Printable(Join(left, ", ")) << "\n";
}

}  // namespace

int Validate(const ValidateOptions& options, std::ostream& out,
             std::ostream& err) {
  const Interrupt interrupt;
  if (absl::Status whole = CheckCases(RegisteredCases(), RequiredCasesText());
      !whole.ok()) {
    return CouldNotRun(whole, err);
  }
  const auto cases =
      Select(RegisteredCases(), options.run, options.skip, options.profile);
  if (!cases.ok()) return CouldNotRun(cases.status(), err);
  const absl::StatusOr<Expectations> expectations =
      ReadAllExpectations(options);
  if (!expectations.ok()) return CouldNotRun(expectations.status(), err);
  const auto outputs =
      Outputs::Open(options.outputs, DUROXIDE_COMPAT_VERSION, err);
  if (!outputs.ok()) return CouldNotRun(outputs.status(), err);
  const absl::StatusOr<Target> target =
      Target::Connect(options.target, interrupt.token());
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  if (!target.ok()) return CouldNotRun(target.status(), err);

  const RunConditions conditions = ConditionsOf(options, *target);
  Progress progress(err, RunsOf(options, cases->size()),
                    options.trace ? 0 : TerminalWidth(STDERR_FILENO));
  Tracer tracer(err);
  Observers observers;
  observers.AddForCases(progress);
  if (options.trace) observers.AddForCalls(tracer);
  (*outputs)->Begin(*cases, conditions, observers);
  std::ostream& text = TakesStandardOutput(options.outputs.reports) ? err : out;
  WriteHead(text, conditions, cases->size());
  RunOptions run_options = RunOptionsOf(options, *target, conditions);
  run_options.calls = &observers;
  const StallWatch stalls;
  run_options.longest_stall = [&stalls](Moment since) {
    return stalls.LongestSince(since);
  };
  run_options.stop = interrupt.token();
  RunResult run = RunCases(PlanOf(options, *cases, conditions.seed),
                           conditions.jobs, run_options, observers);
  run.conditions = conditions;
  expectations->ApplyTo(run);

  progress.Clear();
  const Style style(IsColourTerminal(STDOUT_FILENO));
  WriteReport(text, run, {.style = style, .command = CommandOf(options)});
  WriteSummary(text, run, style);
  text << std::flush;
  const absl::Status written = (*outputs)->End(run, InfoOf(options), out);
  if (!written.ok()) CouldNotRun(written, err);
  TellOfStoresLeft(*target, err);
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  const int exit_code = ExitCodeOf(run);
  if (exit_code == kExitCouldNotRun) {
    err << "duroxide-compat: no case could be run\n";
  }
  (*outputs)->Linger(interrupt.token());
  // A pass that nobody can read of is none.
  return written.ok() || exit_code != kExitPassed ? exit_code
                                                  : kExitCouldNotRun;
}

}  // namespace duroxide::conformance
