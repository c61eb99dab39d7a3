#include "conformance/stress/reports/report_files.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace duroxide::stress {
namespace {

constexpr std::string_view kStandardOutput = "-";

struct Format {
  std::string_view name;
  ReportFormat format;
  void (*write)(std::ostream&, const StressReport&);
};

constexpr std::array kFormats = {
    Format{"json", ReportFormat::kJson, &WriteStressJson},
    Format{"html", ReportFormat::kHtml, &WriteStressHtml},
    Format{"markdown", ReportFormat::kMarkdown, &WriteStressMarkdown}};

absl::StatusOr<ReportTarget> ParseReport(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  const auto* const format =
      std::find_if(kFormats.begin(), kFormats.end(),
                   [name](const Format& one) { return one.name == name; });
  if (format == kFormats.end() || equals == std::string_view::npos ||
      equals + 1 == text.size()) {
    return absl::InvalidArgumentError(
        "give FORMAT=FILE; formats are json, html and markdown, and the file - "
        "is standard output");
  }
  return ReportTarget{format->format, std::string(text.substr(equals + 1))};
}

std::string Text(ReportFormat format, const StressReport& report) {
  std::ostringstream text;
  for (const Format& one : kFormats) {
    if (one.format == format) one.write(text, report);
  }
  return text.str();
}

}  // namespace

absl::StatusOr<std::vector<ReportTarget>> ParseReports(
    std::span<const std::string> texts) {
  std::vector<ReportTarget> reports;
  std::set<std::string> files;
  for (const std::string& text : texts) {
    // A comma more, so that an empty text is one part, too.
    std::istringstream parts(text + ",");
    for (std::string part; std::getline(parts, part, ',');) {
      absl::StatusOr<ReportTarget> report = ParseReport(part);
      if (!report.ok()) return report.status();
      if (!files.insert(report->file).second) {
        return absl::InvalidArgumentError(
            absl::StrCat("two reports cannot go to ", report->file));
      }
      reports.push_back(*std::move(report));
    }
  }
  return reports;
}

bool TakesStandardOutput(std::span<const ReportTarget> reports) {
  return std::any_of(reports.begin(), reports.end(),
                     [](const ReportTarget& report) {
                       return report.file == kStandardOutput;
                     });
}

absl::StatusOr<ReportFiles> ReportFiles::Open(
    std::span<const ReportTarget> reports) {
  ReportFiles opened;
  for (const ReportTarget& report : reports) {
    if (report.file == kStandardOutput) {
      opened.files_.push_back({report.format, std::nullopt});
      continue;
    }
    auto file = conformance::PendingFile::Open(report.file);
    if (!file.ok()) return file.status();
    opened.files_.push_back({report.format, *std::move(file)});
  }
  return opened;
}

absl::Status ReportFiles::Write(const StressReport& report,
                                std::ostream& standard_output) {
  std::vector<std::string> problems;
  for (File& file : files_) {
    const std::string text = Text(file.format, report);
    if (!file.pending) {
      standard_output << text << std::flush;
      continue;
    }
    if (absl::Status written = file.pending->Commit(text); !written.ok()) {
      problems.emplace_back(written.message());
    }
  }
  if (problems.empty()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrJoin(problems, "\n"));
}

}  // namespace duroxide::stress
