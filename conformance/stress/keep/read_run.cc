#include "conformance/stress/keep/read_run.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/stress/keep/settings.h"
#include "conformance/stress/keep/statement.h"

namespace duroxide::stress {
namespace {

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Reads the rows of runs; an unreadable histogram is remembered.
class Reader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}

  const absl::Status& damage() const { return damage_; }

  std::vector<RunRecord> Runs(const RunFilter& filter) {
    std::vector<RunRecord> runs;
    Statement rows(
        connection_,
        "SELECT run_key, scenario, provider, provider_version, commit_id,"
        " modified, tool_version, comparison, round, began_us, elapsed_us,"
        " started, completed, failed_infrastructure, failed_configuration,"
        " failed_application, activities, steady_us, steady_completed,"
        " steady_activities, latency, lag_ratio, longest_lag_us, cpu_model,"
        " cores, memory_bytes, kernel, file_system"
        " FROM runs JOIN machines USING (machine_key)"
        " WHERE (?1 = '' OR substr(commit_id, 1, length(?1)) = ?1)"
        " AND (?2 = '' OR scenario = ?2) AND (?3 = '' OR provider = ?3)"
        " ORDER BY began_us DESC, run_key DESC");
    rows.Bind(filter.commit, filter.scenario, filter.provider);
    while ((filter.newest == 0 || runs.size() < filter.newest) && rows.Next()) {
      const int64_t id = rows.Int(0);
      if (!filter.ids.empty() && std::find(filter.ids.begin(), filter.ids.end(),
                                           id) == filter.ids.end()) {
        continue;
      }
      runs.push_back(Itself(rows));
      Small(runs.back());
      if (filter.details) Details(runs.back());
    }
    std::reverse(runs.begin(), runs.end());
    return runs;
  }

 private:
  static absl::Duration Us(const Statement& row, int column) {
    return absl::Microseconds(row.Int(column));
  }

  // Four columns from `first` on.
  static Outcomes OutcomesAt(const Statement& row, int first) {
    Outcomes outcomes;
    for (const Outcome outcome :
         {Outcome::kCompleted, Outcome::kInfrastructure,
          Outcome::kConfiguration, Outcome::kApplication}) {
      outcomes.Count(outcome, row.Count(first++));
    }
    return outcomes;
  }

  Histogram HistogramAt(const Statement& row, int column) {
    const std::string text = row.Text(column);
    if (text.empty()) return {};
    absl::StatusOr<Histogram> parsed = Histogram::Parse(text);
    if (parsed.ok()) return *std::move(parsed);
    if (damage_.ok()) {
      damage_ = absl::DataLossError(absl::StrCat(
          "a histogram: ", std::string(parsed.status().message())));
    }
    return {};
  }

  RunRecord Itself(const Statement& row) {
    RunRecord record;
    record.id = row.Int(0);
    StressResult& result = record.result;
    result.scenario = row.Text(1);
    result.provider = row.Text(2);
    result.provider_version = row.Text(3);
    record.commit = row.Text(4);
    record.modified = row.Int(5) != 0;
    record.tool_version = row.Text(6);
    record.comparison = row.Text(7);
    record.round = static_cast<int>(row.Int(8));
    result.began = absl::FromUnixMicros(row.Int(9));
    result.elapsed = Us(row, 10);
    result.started = row.Count(11);
    result.outcomes = OutcomesAt(row, 12);
    result.activities = row.Count(16);
    result.steady = Us(row, 17);
    result.steady_completed = row.Count(18);
    result.steady_activities = row.Count(19);
    result.latency = HistogramAt(row, 20);
    result.lag = {.ratio = row.Real(21), .longest = Us(row, 22)};
    record.machine = {.cpu_model = row.Text(23),
                      .cores = static_cast<int>(row.Int(24)),
                      .memory_bytes = row.Count(25),
                      .kernel = row.Text(26),
                      .file_system = row.Text(27)};
    return record;
  }

  // What every reader wants.
  void Small(RunRecord& record) {
    StressResult& result = record.result;
    std::vector<Setting> settings;
    ForEachRow(
        "SELECT name, value FROM settings WHERE run_key = ?"
        " ORDER BY position",
        record.id, [&settings](const Statement& row) {
          settings.push_back({row.Text(0), row.Real(1)});
        });
    result.config = ConfigOf(settings);
    ForEachRow(
        "SELECT name, help, value FROM measures WHERE run_key = ?"
        " ORDER BY position",
        record.id, [&result](const Statement& row) {
          result.measures.push_back({row.Text(0), row.Text(1), row.Real(2)});
        });
    ForEachRow(
        "SELECT kind, count, example FROM findings WHERE run_key = ?"
        " ORDER BY position",
        record.id, [&result](const Statement& row) {
          result.findings.push_back({row.Text(0), row.Count(1), row.Text(2)});
        });
    ForEachRow("SELECT message FROM errors WHERE run_key = ? ORDER BY position",
               record.id, [&result](const Statement& row) {
                 result.errors.push_back(row.Text(0));
               });
    ForEachRow(
        "SELECT threshold, met, seen FROM thresholds"
        " WHERE run_key = ? ORDER BY position",
        record.id, [&record](const Statement& row) {
          record.thresholds.push_back(
              {row.Text(0), row.Int(1) != 0, row.Text(2)});
        });
    ForEachRow(
        "SELECT title, seen, likely_causes, next_steps FROM explanations"
        " WHERE run_key = ? ORDER BY position",
        record.id, [&record](const Statement& row) {
          record.explanations.push_back({row.Text(0), Lines(row.Text(1)),
                                         Lines(row.Text(2)),
                                         Lines(row.Text(3))});
        });
  }

  void Details(RunRecord& record) {
    StressResult& result = record.result;
    ForEachRow("SELECT method, latency FROM calls WHERE run_key = ?", record.id,
               [&](const Statement& row) {
                 result.calls[row.Text(0)].latency = HistogramAt(row, 1);
               });
    ForEachRow("SELECT method, code, count FROM call_codes WHERE run_key = ?",
               record.id, [&result](const Statement& row) {
                 result.calls[row.Text(0)].by_code[row.Text(1)] = row.Count(2);
               });
    ForEachRow(
        "SELECT begin_us, length_us, started, completed,"
        " failed_infrastructure, failed_configuration,"
        " failed_application, activities, in_flight, latency FROM slots"
        " WHERE run_key = ? ORDER BY position",
        record.id, [&](const Statement& row) {
          result.slots.push_back({.begin = Us(row, 0),
                                  .length = Us(row, 1),
                                  .started = row.Count(2),
                                  .ended = OutcomesAt(row, 3),
                                  .activities = row.Count(7),
                                  .in_flight = row.Count(8),
                                  .latency = HistogramAt(row, 9)});
        });
    ForEachRow(
        "SELECT name, pid FROM processes WHERE run_key = ?"
        " ORDER BY position",
        record.id, [&result](const Statement& row) {
          result.processes.push_back({.name = row.Text(0), .pid = row.Int(1)});
        });
    ForEachRow(
        "SELECT process, at_us, cpu_us, resident_bytes, open_files,"
        " threads FROM process_samples WHERE run_key = ?"
        " ORDER BY process, at_us",
        record.id, [&](const Statement& row) {
          const size_t process = row.Count(0);
          if (process >= result.processes.size()) return;
          result.processes[process].samples.push_back(
              {.at = Us(row, 1),
               .cpu = Us(row, 2),
               .resident_bytes = row.Count(3),
               .open_files = row.Count(4),
               .threads = row.Count(5)});
        });
  }

  template <typename Visit>
  void ForEachRow(std::string_view sql, int64_t run, const Visit& visit) {
    Statement rows(connection_, sql);
    rows.Bind(run);
    while (rows.Next()) visit(rows);
  }

  Connection& connection_;
  absl::Status damage_;
};

}  // namespace

absl::StatusOr<std::vector<RunRecord>> ReadRuns(Connection& connection,
                                                const RunFilter& filter) {
  Reader reader(connection);
  std::vector<RunRecord> runs = reader.Runs(filter);
  if (!reader.damage().ok()) return reader.damage();
  return runs;
}

}  // namespace duroxide::stress
