#include "conformance/reports/run_info.h"

#include <sys/utsname.h>

#include <filesystem>
#include <thread>

#include "conformance/text.h"

namespace duroxide::conformance {

Environment ThisEnvironment() {
  Environment environment;
  environment.processors = std::thread::hardware_concurrency();
  utsname names{};
  if (uname(&names) == 0) {
    environment.system = Concat(names.sysname, " ", names.release);
    environment.machine = names.machine;
  }
  return environment;
}

std::string TranscriptOf(const RunInfo& info, const CaseResult& result) {
  const bool kept = result.verdict == Verdict::kFailed && !result.calls.empty();
  if (info.artifacts.empty() || !kept) return "";
  const std::filesystem::path folder = info.artifacts;
  return folder / Concat(result.of->category, ".", result.of->name, ".txtpb");
}

std::string CommandToReplay(const RunInfo& info, const CaseResult& result) {
  return Concat(info.replay_command, " ",
                ShellQuoted(TranscriptOf(info, result)));
}

}  // namespace duroxide::conformance
