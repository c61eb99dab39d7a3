#include <unistd.h>

#include "conformance/case.h"
#include "conformance/commands.h"
#include "conformance/embedded_texts.h"
#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/progress.h"
#include "conformance/report.h"
#include "conformance/required_cases.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/target.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// The command that makes the same run, up to the selection of cases.
std::string CommandOf(const ValidateOptions& options) {
  std::string command = Concat(ShellQuoted(options.program), " validate");
  if (!options.endpoint.empty()) {
    command += Concat(" --endpoint=", ShellQuoted(options.endpoint));
  } else if (options.embedded != ValidateOptions().embedded) {
    command += Concat(" --embedded=", ShellQuoted(options.embedded));
  }
  if (options.lock_timeout != ValidateOptions().lock_timeout) {
    command +=
        Concat(" --lock-timeout=", absl::FormatDuration(options.lock_timeout));
  }
  return command;
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
  const absl::StatusOr<Target> target =
      Connect(options.endpoint, options.embedded);
  if (!target.ok()) return CouldNotRun(target.status(), err);

  out << "Provider " << Printable(target->info.name()) << " "
      << Printable(target->info.version()) << " at "
      << Printable(target->endpoint) << ", contract "
      << Printable(target->info.contract_version()) << ": " << cases->size()
      << (cases->size() == 1 ? " case" : " cases") << ", lock time "
      << absl::FormatDuration(options.lock_timeout) << "\n"
      << std::endl;
  Progress progress(err, cases->size(), TerminalWidth(STDERR_FILENO));
  const RunResult run = RunCases(*cases, options.jobs,
                                 {.provider = target->client.get(),
                                  .info = target->info,
                                  .lock_timeout = options.lock_timeout,
                                  .stop = interrupt.token()},
                                 progress);
  progress.Clear();
  WriteReport(out, run,
              {.style = Style(IsColourTerminal(STDOUT_FILENO)),
               .command = CommandOf(options)});
  out << std::flush;
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  const int exit_code = ExitCodeOf(run);
  if (exit_code == kExitCouldNotRun) {
    err << "duroxide-compat: no case could be run\n";
  }
  return exit_code;
}

}  // namespace duroxide::conformance
