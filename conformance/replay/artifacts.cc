#include "conformance/replay/artifacts.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "conformance/replay/transcript_file.h"
#include "conformance/reports/pending_file.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// What the provider's clock showed at `moment`.
absl::Time ProviderTime(Moment moment, const RunConditions& conditions) {
  const absl::Duration ago = absl::FromChrono(Now() - moment);
  return absl::Now() - ago + conditions.clock_offset;
}

}  // namespace

absl::Status PrepareArtifacts(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return absl::InvalidArgumentError(
        Concat("cannot make the folder ", folder, ": ", error.message()));
  }
  // Opened and not committed: it leaves nothing.
  return PendingFile::Open(std::filesystem::path(folder) / "transcript")
      .status();
}

absl::Status WriteArtifacts(const RunResult& run, const RunInfo& info) {
  std::vector<std::string> problems;
  for (const CaseResult& result : run.cases) {
    const std::string path = TranscriptOf(info, result);
    if (path.empty()) continue;
    const absl::Status written = WriteWhole(
        path,
        TranscriptText(MakeTranscript(
            result, run.conditions.provider,
            ProviderTime(result.began, run.conditions), info.tool_version)));
    if (!written.ok()) problems.emplace_back(written.message());
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::UnavailableError(Join(problems, "\n"));
}

}  // namespace duroxide::conformance
