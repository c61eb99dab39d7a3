#include "conformance/stress_records.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/time/clock.h"
#include "conformance/stress/keep/git.h"
#include "conformance/style.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// How the program was called, as a shell reads it.
std::string CommandLine() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::string line;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\0', at), text.size());
    std::string word = text.substr(at, end - at);
    if (at == 0) word = std::filesystem::path(word).filename();
    line += (at == 0 ? "" : " ") + ShellQuoted(word);
    at = end + 1;
  }
  return line;
}

// Where the provider's data lies, as far as the runner knows.
std::string DataOf(const StressTargetOptions& target) {
  const size_t colon = target.embedded.find(':');
  if (target.spawn.empty() && colon != std::string::npos) {
    return target.embedded.substr(colon + 1);
  }
  std::error_code error;
  return std::filesystem::temp_directory_path(error);
}

}  // namespace

absl::StatusOr<StressRecords> StressRecords::Open(
    const StressRecordOptions& options) {
  auto files = stress::ReportFiles::Open(options.reports);
  if (!files.ok()) return files.status();
  std::optional<stress::Results> results;
  if (!options.results.empty()) {
    auto opened = stress::Results::Open(options.results, /*create=*/true);
    if (!opened.ok()) return opened.status();
    results.emplace(*std::move(opened));
  }
  return StressRecords(options, *std::move(files), std::move(results));
}

StressRecords::StressRecords(StressRecordOptions options,
                             stress::ReportFiles files,
                             std::optional<stress::Results> results)
    : options_(std::move(options)),
      files_(std::move(files)),
      results_(std::move(results)),
      commit_(options_.commit) {
  if (!commit_.empty()) return;
  if (const auto checkout = stress::CheckoutOf("")) {
    commit_ = checkout->commit;
    modified_ = checkout->modified;
  }
}

stress::RunRecord StressRecords::RecordOf(
    stress::StressResult result, const StressTargetOptions& target) const {
  stress::RunRecord record;
  record.result = std::move(result);
  record.commit = commit_;
  record.modified = modified_;
  record.tool_version = DUROXIDE_COMPAT_VERSION;
  record.machine = stress::ThisMachine(DataOf(target));
  // The disk of a provider that others started is not known.
  if (!target.endpoint.empty()) record.machine.file_system = "unknown";
  return record;
}

absl::Status StressRecords::Keep(stress::RunRecord& run) {
  if (!results_) return absl::OkStatus();
  const auto id = results_->Add(run);
  if (!id.ok()) return id.status();
  run.id = *id;
  return absl::OkStatus();
}

absl::Status StressRecords::Write(const stress::StressReport& report,
                                  std::ostream& out, std::ostream& err) {
  const bool taken = stress::TakesStandardOutput(options_.reports);
  std::ostream& text = taken ? err : out;
  const int file = taken ? STDERR_FILENO : STDOUT_FILENO;
  WriteText(text, report, Style(IsColourTerminal(file)));
  text << std::flush;
  return files_.Write(report, out);
}

stress::StressReport NewStressReport() {
  return {.tool_version = DUROXIDE_COMPAT_VERSION,
          .command = CommandLine(),
          .written_at = absl::Now()};
}

}  // namespace duroxide::conformance
