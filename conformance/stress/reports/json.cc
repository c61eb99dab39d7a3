#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "conformance/stress/keep/machine.h"
#include "conformance/stress/keep/settings.h"
#include "conformance/stress/reports/figures.h"
#include "conformance/stress/reports/stress_report.h"
#include "conformance/utf8.h"

namespace duroxide::stress {
namespace {

using Json = nlohmann::ordered_json;

// Rises where a reader of the version before could not read what is written.
constexpr int kFormatVersion = 1;

// JSON holds every character, but no bytes that are no UTF-8.
std::string Text(std::string_view text) {
  return conformance::WithEscapes(text, [](char32_t) { return false; });
}

double Seconds(absl::Duration duration) {
  return static_cast<double>(absl::ToInt64Microseconds(duration)) / 1e6;
}

template <typename Range>
Json Texts(const Range& range) {
  Json texts = Json::array();
  for (const auto& text : range) texts.push_back(Text(text));
  return texts;
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
}

Json LatencyOf(const Histogram& latency) {
  Json json = {{"count", latency.count()},
               {"mean_ms", ToMs(latency.mean())},
               {"standard_deviation_ms", ToMs(latency.standard_deviation())},
               {"min_ms", ToMs(latency.min())},
               {"max_ms", ToMs(latency.max())}};
  Json percentiles = Json::object();
  for (const auto& [name, quantile] : kQuantiles) {
    percentiles[std::string(name)] = ToMs(latency.Percentile(quantile));
  }
  json["percentiles_ms"] = percentiles;
  return json;
}

Json DistributionOf(const Histogram& latency) {
  Json parts = Json::array();
  for (const auto& [upper, count] : latency.Parts()) {
    parts.push_back({{"up_to_ms", ToMs(upper)}, {"count", count}});
  }
  return parts;
}

Json OutcomesOf(const Outcomes& outcomes) {
  Json json;
  for (const Outcome outcome :
       {Outcome::kCompleted, Outcome::kInfrastructure, Outcome::kConfiguration,
        Outcome::kApplication}) {
    json[std::string(OutcomeName(outcome))] = outcomes.of(outcome);
  }
  return json;
}

Json FiguresOf(const StressResult& result) {
  return {{"success_percent", result.success_rate()},
          {"orchestrations_per_second", result.orchestrations_per_second()},
          {"activities_per_second", result.activities_per_second()},
          // What upstream calls average latency.
          {"inverse_throughput_ms", ToMs(result.inverse_throughput())},
          {"cpu_per_orchestration_ms", ToMs(result.cpu_per_orchestration())}};
}

Json MachineOf(const Machine& machine) {
  return {{"fingerprint", Fingerprint(machine)},
          {"cpu_model", Text(machine.cpu_model)},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", Text(machine.kernel)},
          {"file_system", Text(machine.file_system)}};
}

Json SettingsJson(const StressConfig& config) {
  Json json = Json::object();
  for (const Setting& setting : SettingsOf(config)) {
    json[setting.name] = setting.value;
  }
  return json;
}

Json SlotsOf(const StressResult& result) {
  Json slots = Json::array();
  for (const Slot& slot : result.slots) {
    slots.push_back({{"begin_seconds", Seconds(slot.begin)},
                     {"length_seconds", Seconds(slot.length)},
                     {"started", slot.started},
                     {"ended", OutcomesOf(slot.ended)},
                     {"activities", slot.activities},
                     {"in_flight", slot.in_flight},
                     {"latency", LatencyOf(slot.latency)}});
  }
  return slots;
}

Json CallsOf(const StressResult& result) {
  Json calls = Json::array();
  for (const auto& [method, figures] : result.calls) {
    Json codes = Json::object();
    for (const auto& [code, count] : figures.by_code) codes[code] = count;
    calls.push_back({{"method", method},
                     {"codes", codes},
                     {"latency", LatencyOf(figures.latency)}});
  }
  return calls;
}

Json ProcessesOf(const StressResult& result) {
  Json processes = Json::array();
  for (const ProcessUse& process : result.processes) {
    Json samples = Json::array();
    for (const ProcessSample& sample : process.samples) {
      samples.push_back({{"at_seconds", Seconds(sample.at)},
                         {"cpu_seconds", Seconds(sample.cpu)},
                         {"resident_bytes", sample.resident_bytes},
                         {"open_files", sample.open_files},
                         {"threads", sample.threads}});
    }
    processes.push_back({{"name", Text(process.name)},
                         {"pid", process.pid},
                         {"cpu_seconds", Seconds(process.cpu())},
                         {"most_resident_bytes", process.most_resident_bytes()},
                         {"samples", samples}});
  }
  return processes;
}

Json RunOf(const RunRecord& run) {
  const StressResult& result = run.result;
  Json measures = Json::array();
  for (const Measure& measure : result.measures) {
    measures.push_back({{"name", measure.name},
                        {"help", Text(measure.help)},
                        {"value", measure.value}});
  }
  Json findings = Json::array();
  for (const Finding& finding : result.findings) {
    findings.push_back({{"kind", finding.kind},
                        {"count", finding.count},
                        {"example", Text(finding.example)}});
  }
  Json thresholds = Json::array();
  for (const KeptThreshold& threshold : run.thresholds) {
    thresholds.push_back({{"threshold", Text(threshold.text)},
                          {"met", threshold.met},
                          {"seen", Text(threshold.seen)}});
  }
  Json explanations = Json::array();
  for (const KeptExplanation& explanation : run.explanations) {
    explanations.push_back({{"title", Text(explanation.title)},
                            {"seen", Texts(explanation.seen)},
                            {"likely_causes", Texts(explanation.likely_causes)},
                            {"next_steps", Texts(explanation.next_steps)}});
  }
  return {{"id", run.id},
          {"verdict", VerdictKey(VerdictOf(run))},
          {"reason", Text(VerdictReason(run))},
          {"scenario", Text(result.scenario)},
          {"provider",
           {{"name", Text(result.provider)},
            {"version", Text(result.provider_version)}}},
          {"commit", Text(run.commit)},
          {"modified", run.modified},
          {"tool_version", Text(run.tool_version)},
          {"machine", MachineOf(run.machine)},
          {"comparison", Text(run.comparison)},
          {"round", run.round},
          {"settings", SettingsJson(result.config)},
          {"began_at", TimeText(result.began)},
          {"elapsed_seconds", Seconds(result.elapsed)},
          {"started", result.started},
          {"outcomes", OutcomesOf(result.outcomes)},
          {"activities", result.activities},
          {"steady",
           {{"seconds", Seconds(result.steady)},
            {"completed", result.steady_completed},
            {"activities", result.steady_activities}}},
          {"figures", FiguresOf(result)},
          {"latency", LatencyOf(result.latency)},
          {"latency_distribution", DistributionOf(result.latency)},
          {"lag",
           {{"ratio", result.lag.ratio},
            {"longest_seconds", Seconds(result.lag.longest)},
            {"certified", result.certified()}}},
          {"measures", measures},
          {"findings", findings},
          {"errors", Texts(result.errors)},
          {"thresholds", thresholds},
          {"explanations", explanations},
          {"calls", CallsOf(result)},
          {"processes", ProcessesOf(result)},
          {"slots", SlotsOf(result)}};
}

std::string_view ContrastKey(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kNoDifferenceShown:
      return "no_difference_shown";
    case Verdict::kOneRound:
      return "one_round";
    case Verdict::kWithheld:
      return "withheld";
  }
  return "withheld";
}

Json ContrastJson(const Contrast& contrast) {
  Json figures = Json::array();
  for (const FigureContrast& figure : contrast.figures) {
    Json json = {
        {"figure", figure.figure}, {"base", figure.base},
        {"other", figure.other},   {"ratio", nullptr},
        {"interval", nullptr},     {"verdict", ContrastKey(figure.verdict)}};
    if (figure.estimate) json["ratio"] = figure.estimate->ratio;
    if (figure.estimate && figure.estimate->interval) {
      json["interval"] = {{"low", figure.estimate->interval->low},
                          {"high", figure.estimate->interval->high}};
    }
    figures.push_back(json);
  }
  return {{"base", Text(contrast.base)},
          {"other", Text(contrast.other)},
          {"figures", figures},
          {"cautions", Texts(contrast.cautions)}};
}

Json ComparisonJson(const Contest& comparison) {
  Json contestants = Json::array();
  for (const Contestant& contestant : comparison.contestants) {
    Json runs = Json::array();
    for (const RunRecord& run : contestant.runs) runs.push_back(RunOf(run));
    contestants.push_back({{"name", Text(contestant.name)}, {"runs", runs}});
  }
  Json contrasts = Json::array();
  for (const Contrast& contrast : comparison.contrasts) {
    contrasts.push_back(ContrastJson(contrast));
  }
  return {{"confidence", comparison.confidence},
          {"contestants", contestants},
          {"contrasts", contrasts}};
}

Json TrendJson(const TrendLine& line) {
  Json points = Json::array();
  for (const TrendPoint& point : line.points) {
    Json runs = Json::array();
    for (const RunRecord& run : point.runs) {
      runs.push_back({{"id", run.id},
                      {"began_at", TimeText(run.result.began)},
                      {"verdict", VerdictKey(VerdictOf(run))},
                      {"figures", FiguresOf(run.result)},
                      {"latency", LatencyOf(run.result.latency)}});
    }
    points.push_back({{"name", Text(point.name)},
                      {"commit", Text(point.runs.front().commit)},
                      {"modified", point.runs.front().modified},
                      {"runs", runs}});
  }
  Json json = {{"scenario", Text(line.scenario)},
               {"provider", Text(line.provider)},
               {"settings", SettingsJson(line.config)},
               {"machine", MachineOf(line.machine)},
               {"points", points},
               {"change", nullptr},
               {"commits", nullptr}};
  if (line.change) json["change"] = ContrastJson(*line.change);
  if (line.commits) json["commits"] = Texts(*line.commits);
  return json;
}

}  // namespace

void WriteStressJson(std::ostream& out, const StressReport& report) {
  Json json = {
      {"format", "duroxide-compat stress report"},
      {"format_version", kFormatVersion},
      {"tool", {{"name", "duroxide-compat"}, {"version", report.tool_version}}},
      {"command", Text(report.command)},
      {"written_at", TimeText(report.written_at)},
      {"verdict", VerdictKey(VerdictOf(report))},
      {"runs", Json::array()},
      {"comparison", nullptr},
      {"trends", Json::array()}};
  for (const RunRecord& run : report.runs) json["runs"].push_back(RunOf(run));
  if (report.comparison) {
    json["comparison"] = ComparisonJson(*report.comparison);
  }
  for (const TrendLine& line : report.trends) {
    json["trends"].push_back(TrendJson(line));
  }
  out << json.dump(2) << "\n";
}

}  // namespace duroxide::stress
