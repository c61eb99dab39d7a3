#include <unistd.h>

#include <fstream>
#include <sstream>
#include <string>

#include "conformance/commands.h"
#include "conformance/exit_codes.h"
#include "conformance/interrupt.h"
#include "conformance/replay/replay_report.h"
#include "conformance/replay/replayer.h"
#include "conformance/replay/transcript_file.h"
#include "conformance/status_text.h"
#include "conformance/style.h"
#include "conformance/target.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

int CouldNotReplay(std::string_view why, std::ostream& err) {
  err << "duroxide-compat: " << why << "\n";
  return kExitCouldNotRun;
}

absl::StatusOr<transcript_v1::Transcript> ReadTranscript(
    const std::string& path) {
  std::ostringstream text;
  if (!(text << std::ifstream(path).rdbuf())) {
    return absl::InvalidArgumentError("cannot be read, or is empty");
  }
  return ParseTranscript(text.str());
}

void WriteHeading(std::ostream& out,
                  const transcript_v1::Transcript& transcript,
                  const Target& target) {
  out << Printable(transcript.case_()) << ": " << transcript.calls_size()
      << " calls, first made to " << Printable(transcript.provider().name())
      << " " << Printable(transcript.provider().version()) << ", now to "
      << Printable(target.info().name()) << " "
      << Printable(target.info().version()) << " at "
      << Printable(target.endpoints().front()) << "\n";
  if (!transcript.expected().empty()) {
    out << "  expected  " << Printable(transcript.expected())
        << "\n  seen      " << Printable(transcript.seen()) << "\n";
  }
  out << "\n" << std::flush;
}

}  // namespace

int ReplayTranscript(const ReplayOptions& options, std::ostream& out,
                     std::ostream& err) {
  const Interrupt interrupt;
  const auto transcript = ReadTranscript(options.file);
  if (!transcript.ok()) {
    return CouldNotReplay(
        Concat(options.file, ": ", transcript.status().message()), err);
  }
  TargetOptions where = {.embedded = options.embedded};
  if (!options.endpoint.empty()) where.endpoints = {options.endpoint};
  const absl::StatusOr<Target> target =
      Target::Connect(where, interrupt.token());
  if (!target.ok()) {
    return CouldNotReplay(std::string(target.status().message()), err);
  }
  WriteHeading(out, *transcript, *target);
  const absl::StatusOr<Replay> replay =
      SendAgain(*transcript, target->provider(), interrupt.token());
  if (interrupt.signal() != 0 && !replay.ok()) {
    return ExitStatusOf(interrupt.signal());
  }
  if (!replay.ok()) return CouldNotReplay(StatusText(replay.status()), err);
  WriteReplay(out, *transcript, *replay,
              Style(IsColourTerminal(STDOUT_FILENO)));
  out << std::flush;
  if (interrupt.signal() != 0) return ExitStatusOf(interrupt.signal());
  return CountDifferent(*replay) == 0 ? kExitPassed : kExitFailed;
}

}  // namespace duroxide::conformance
