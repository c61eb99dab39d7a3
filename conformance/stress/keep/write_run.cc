#include "conformance/stress/keep/write_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include "conformance/stress/keep/settings.h"
#include "conformance/stress/keep/statement.h"

namespace duroxide::stress {
namespace {

int64_t Us(absl::Duration duration) {
  return absl::ToInt64Microseconds(duration);
}

std::string Text(const Histogram& histogram) {
  return histogram.count() == 0 ? "" : histogram.Serialize();
}

// One a line.
std::string Lines(const std::vector<std::string>& texts) {
  std::string lines;
  for (std::string text : texts) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    lines += text + "\n";
  }
  return lines;
}

int64_t KeyOf(Connection& connection, const Machine& machine) {
  const std::string fingerprint = Fingerprint(machine);
  Statement(connection,
            "INSERT INTO machines (fingerprint, cpu_model, cores, memory_bytes,"
            " kernel, file_system) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING")
      .Run(fingerprint, machine.cpu_model, machine.cores, machine.memory_bytes,
           machine.kernel, machine.file_system);
  Statement find(connection,
                 "SELECT machine_key FROM machines WHERE fingerprint = ?");
  find.Bind(fingerprint);
  return find.Next() ? find.Int(0) : 0;
}

int64_t WriteItself(Connection& connection, const RunRecord& record) {
  const StressResult& result = record.result;
  const Histogram& latency = result.latency;
  Statement(connection,
            "INSERT INTO runs (scenario, provider, provider_version, commit_id,"
            " modified, tool_version, machine_key, comparison, round, began_us,"
            " elapsed_us, started, completed, failed_infrastructure,"
            " failed_configuration, failed_application, activities, steady_us,"
            " steady_completed, steady_activities, latency, mean_us, p50_us,"
            " p90_us, p99_us, p999_us, max_us, lag_ratio, longest_lag_us)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
            " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .Run(result.scenario, result.provider, result.provider_version,
           record.commit, record.modified ? 1 : 0, record.tool_version,
           KeyOf(connection, record.machine), record.comparison, record.round,
           absl::ToUnixMicros(result.began), Us(result.elapsed), result.started,
           result.outcomes.completed(),
           result.outcomes.of(Outcome::kInfrastructure),
           result.outcomes.of(Outcome::kConfiguration),
           result.outcomes.of(Outcome::kApplication), result.activities,
           Us(result.steady), result.steady_completed, result.steady_activities,
           Text(latency), Us(latency.mean()), Us(latency.Percentile(0.5)),
           Us(latency.Percentile(0.9)), Us(latency.Percentile(0.99)),
           Us(latency.Percentile(0.999)), Us(latency.max()), result.lag.ratio,
           Us(result.lag.longest));
  return connection.last_insert_id();
}

void WriteCalls(Connection& connection, int64_t run,
                const StressResult& result) {
  Statement method(connection, "INSERT INTO calls VALUES (?, ?, ?)");
  Statement code(connection, "INSERT INTO call_codes VALUES (?, ?, ?, ?)");
  for (const auto& [name, figures] : result.calls) {
    method.Run(run, name, Text(figures.latency));
    for (const auto& [status, count] : figures.by_code) {
      code.Run(run, name, status, count);
    }
  }
}

void WriteSlots(Connection& connection, int64_t run,
                const StressResult& result) {
  Statement statement(
      connection,
      "INSERT INTO slots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const Slot& slot : result.slots) {
    statement.Run(run, position++, Us(slot.begin), Us(slot.length),
                  slot.started, slot.ended.completed(),
                  slot.ended.of(Outcome::kInfrastructure),
                  slot.ended.of(Outcome::kConfiguration),
                  slot.ended.of(Outcome::kApplication), slot.activities,
                  slot.in_flight, Text(slot.latency));
  }
}

void WriteProcesses(Connection& connection, int64_t run,
                    const StressResult& result) {
  Statement process(connection, "INSERT INTO processes VALUES (?, ?, ?, ?)");
  // Two samples in one microsecond say the same.
  Statement samples(connection,
                    "INSERT OR REPLACE INTO process_samples"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)");
  int position = 0;
  for (const ProcessUse& use : result.processes) {
    process.Run(run, position, use.name, use.pid);
    for (const ProcessSample& sample : use.samples) {
      samples.Run(run, position, Us(sample.at), Us(sample.cpu),
                  sample.resident_bytes, sample.open_files, sample.threads);
    }
    ++position;
  }
}

void WriteJudgement(Connection& connection, int64_t run,
                    const RunRecord& record) {
  int position = 0;
  Statement finding(connection, "INSERT INTO findings VALUES (?, ?, ?, ?, ?)");
  for (const Finding& one : record.result.findings) {
    finding.Run(run, position++, one.kind, one.count, one.example);
  }
  position = 0;
  Statement error(connection, "INSERT INTO errors VALUES (?, ?, ?)");
  for (const std::string& one : record.result.errors) {
    error.Run(run, position++, one);
  }
  position = 0;
  Statement threshold(connection,
                      "INSERT INTO thresholds VALUES (?, ?, ?, ?, ?)");
  for (const KeptThreshold& one : record.thresholds) {
    threshold.Run(run, position++, one.text, one.met ? 1 : 0, one.seen);
  }
  position = 0;
  Statement explanation(connection,
                        "INSERT INTO explanations VALUES (?, ?, ?, ?, ?, ?)");
  for (const KeptExplanation& one : record.explanations) {
    explanation.Run(run, position++, one.title, Lines(one.seen),
                    Lines(one.likely_causes), Lines(one.next_steps));
  }
}

}  // namespace

int64_t WriteRun(Connection& connection, const RunRecord& record) {
  const int64_t run = WriteItself(connection, record);
  int position = 0;
  Statement setting(connection, "INSERT INTO settings VALUES (?, ?, ?, ?)");
  for (const Setting& one : SettingsOf(record.result.config)) {
    setting.Run(run, position++, one.name, one.value);
  }
  position = 0;
  Statement measure(connection, "INSERT INTO measures VALUES (?, ?, ?, ?, ?)");
  for (const Measure& one : record.result.measures) {
    measure.Run(run, position++, one.name, one.help, one.value);
  }
  WriteCalls(connection, run, record.result);
  WriteSlots(connection, run, record.result);
  WriteProcesses(connection, run, record.result);
  WriteJudgement(connection, run, record);
  return run;
}

}  // namespace duroxide::stress
