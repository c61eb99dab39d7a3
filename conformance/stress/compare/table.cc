#include "conformance/stress/compare/table.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_format.h"
#include "conformance/text.h"

namespace duroxide::stress {
namespace {

using conformance::Printable;

std::string Ms(absl::Duration duration) {
  return absl::StrFormat("%.2f ms", absl::ToDoubleMilliseconds(duration));
}

// Characters, not bytes: a name may have any.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

// Of names, which stand at the left.
constexpr std::string_view kNames[] = {"Provider", "Scenario", "Commit",
                                       "Last run"};
// The guide has two columns Config: the first is a name.
bool IsName(std::span<const std::string> headings, size_t column) {
  if (std::find(std::begin(kNames), std::end(kNames), headings[column]) !=
      std::end(kNames)) {
    return true;
  }
  return headings[column] == "Config" && column <= 2;
}

void WriteRow(std::ostream& out, std::span<const std::string> cells,
              std::span<const std::string> headings,
              std::span<const size_t> widths) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = Printable(cells[i]);
    const std::string blanks(widths[i] - std::min(widths[i], Width(cell)), ' ');
    if (i > 0) line += "  ";
    line += IsName(headings, i) ? cell + blanks : blanks + cell;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out << line << "\n";
}

}  // namespace

std::vector<std::string> TableHeadings() {
  return {"Provider",    "Config", "Completed", "Failed",      "Infra",
          "Config",      "App",    "Success %", "Orch/sec",    "Activity/sec",
          "Avg Latency", "p50",    "p99",       "1/Throughput"};
}

std::vector<std::string> TableCells(const std::string& name,
                                    const StressResult& result) {
  const auto count = [&result](Outcome outcome) {
    return std::to_string(result.outcomes.of(outcome));
  };
  return {name,
          Label(result.config),
          std::to_string(result.outcomes.completed()),
          std::to_string(result.outcomes.failed()),
          count(Outcome::kInfrastructure),
          count(Outcome::kConfiguration),
          count(Outcome::kApplication),
          absl::StrFormat("%.2f", result.success_rate()),
          absl::StrFormat("%.2f", result.orchestrations_per_second()),
          absl::StrFormat("%.2f", result.activities_per_second()),
          Ms(result.latency.mean()),
          Ms(result.latency.Percentile(0.5)),
          Ms(result.latency.Percentile(0.99)),
          Ms(result.inverse_throughput())};
}

Table TableOf(std::span<const RunRecord> runs) {
  const bool several =
      std::any_of(runs.begin(), runs.end(), [&runs](const RunRecord& run) {
        return run.result.scenario != runs.front().result.scenario;
      });
  Table table = {.headings = TableHeadings()};
  if (several) table.headings.insert(table.headings.begin(), "Scenario");
  for (const RunRecord& run : runs) {
    table.rows.push_back(TableCells(run.result.provider, run.result));
    std::vector<std::string>& row = table.rows.back();
    if (several) row.insert(row.begin(), run.result.scenario);
  }
  return table;
}

void WriteTable(std::ostream& out, std::span<const std::string> headings,
                std::span<const std::vector<std::string>> rows) {
  std::vector<size_t> widths;
  for (size_t i = 0; i < headings.size(); ++i) {
    widths.push_back(Width(headings[i]));
    for (const std::vector<std::string>& row : rows) {
      widths[i] = std::max(widths[i], Width(Printable(row[i])));
    }
  }
  WriteRow(out, headings, headings, widths);
  size_t total = 0;
  for (const size_t width : widths) total += width + 2;
  out << std::string(total - 2, '-') << "\n";
  for (const std::vector<std::string>& row : rows)
    WriteRow(out, row, headings, widths);
}

}  // namespace duroxide::stress
