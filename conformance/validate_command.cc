#include <unistd.h>

#include "conformance/case.h"
#include "conformance/commands.h"
#include "conformance/embedded_texts.h"
#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/observers.h"
#include "conformance/outputs.h"
#include "conformance/progress.h"
#include "conformance/report.h"
#include "conformance/required_cases.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/target.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// The flags that name the provider.
std::string TargetFlags(const ValidateOptions& options) {
  if (!options.endpoint.empty()) {
    return Concat(" --endpoint=", ShellQuoted(options.endpoint));
  }
  if (options.embedded != ValidateOptions().embedded) {
    return Concat(" --embedded=", ShellQuoted(options.embedded));
  }
  return "";
}

// The command that makes the same run, up to the selection of cases.
std::string CommandOf(const ValidateOptions& options) {
  std::string command =
      Concat(ShellQuoted(options.program), " validate", TargetFlags(options));
  if (options.lock_timeout != ValidateOptions().lock_timeout) {
    command +=
        Concat(" --lock-timeout=", absl::FormatDuration(options.lock_timeout));
  }
  return command;
}

RunInfo InfoOf(const ValidateOptions& options) {
  return {.tool_version = DUROXIDE_COMPAT_VERSION,
          .command = CommandOf(options),
          .replay_command = Concat(ShellQuoted(options.program), " replay",
                                   TargetFlags(options)),
          .artifacts = options.outputs.artifacts,
          .environment = ThisEnvironment()};
}

int CouldNotRun(const absl::Status& why, std::ostream& err) {
  err << "duroxide-compat: " << why.message() << "\n";
  return kExitCouldNotRun;
}

}  // namespace

int Validate(const ValidateOptions& options, std::ostream& out,
             std::ostream& err) {
  const Interrupt interrupt;
  if (absl::Status whole = CheckCases(RegisteredCases(), RequiredCasesText());
      !whole.ok()) {
    return CouldNotRun(whole, err);
  }
  const auto cases = Select(RegisteredCases(), options.run, options.skip);
  if (!cases.ok()) return CouldNotRun(cases.status(), err);
  const auto outputs =
      Outputs::Open(options.outputs, DUROXIDE_COMPAT_VERSION, err);
  if (!outputs.ok()) return CouldNotRun(outputs.status(), err);
  const absl::StatusOr<Target> target =
      Connect(options.endpoint, options.embedded);
  if (!target.ok()) return CouldNotRun(target.status(), err);

  Progress progress(err, cases->size(), TerminalWidth(STDERR_FILENO));
  Observers observers;
  observers.AddForCases(progress);
  const RunConditions conditions = {.started_at = absl::Now(),
                                    .endpoints = {target->endpoint},
                                    .provider = target->info,
                                    .jobs = options.jobs,
                                    .lock_timeout = options.lock_timeout};
  (*outputs)->Begin(*cases, conditions, observers);
  std::ostream& text = TakesStandardOutput(options.outputs.reports) ? err : out;
  text << "Provider " << Printable(target->info.name()) << " "
       << Printable(target->info.version()) << " at "
       << Printable(target->endpoint) << ", contract "
       << Printable(target->info.contract_version()) << ": " << cases->size()
       << (cases->size() == 1 ? " case" : " cases") << ", lock time "
       << absl::FormatDuration(options.lock_timeout) << "\n"
       << std::endl;
  RunResult run = RunCases(*cases, options.jobs,
                           {.provider = target->client.get(),
                            .info = target->info,
                            .lock_timeout = options.lock_timeout,
                            .calls = &observers,
                            .stop = interrupt.token()},
                           observers);
  run.conditions = conditions;
  progress.Clear();
  WriteReport(text, run,
              {.style = Style(IsColourTerminal(STDOUT_FILENO)),
               .command = CommandOf(options)});
  text << std::flush;
  const absl::Status written = (*outputs)->End(run, InfoOf(options), out);
  if (!written.ok()) CouldNotRun(written, err);
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  const int exit_code = ExitCodeOf(run);
  if (exit_code == kExitCouldNotRun) {
    err << "duroxide-compat: no case could be run\n";
  }
  // A pass that nobody can read of is none.
  return written.ok() || exit_code != kExitPassed ? exit_code
                                                  : kExitCouldNotRun;
}

}  // namespace duroxide::conformance
