#include "conformance/stress/reports/charts.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/reports/figures.h"

namespace duroxide::stress {
namespace {

constexpr double kMiB = 1024.0 * 1024;

// Bars of the distribution at most.
constexpr int kMostBars = 60;

double Seconds(absl::Duration duration) {
  return absl::ToDoubleSeconds(duration);
}

// Where a slot's point stands: in its middle.
double Middle(const Slot& slot) {
  return Seconds(slot.begin + slot.length / 2);
}

double PerSecond(uint64_t count, const Slot& slot) {
  const double seconds = Seconds(slot.length);
  return seconds <= 0 ? 0 : static_cast<double>(count) / seconds;
}

// A series with a point for each slot.
template <typename ValueOf>
ChartSeries OverSlots(const StressResult& result, const std::string& name,
                      const std::string& form, const ValueOf& value_of) {
  ChartSeries series = {.name = name, .form = form};
  for (const Slot& slot : result.slots) {
    // A last slot that is next to nothing makes any rate.
    if (slot.length < absl::Milliseconds(50)) continue;
    series.points.emplace_back(Middle(slot), value_of(slot));
  }
  return series;
}

void AddPhases(const StressResult& result, Chart& chart) {
  if (result.config.warm_up > absl::ZeroDuration()) {
    chart.marks.push_back({Seconds(result.config.warm_up), "warm-up ends"});
  }
  if (result.elapsed > result.config.duration) {
    chart.marks.push_back({Seconds(result.config.duration), "no more starts"});
  }
}

Chart OverTime(const StressResult& result, std::string title, std::string about,
               std::string y_title) {
  Chart chart = {.title = std::move(title),
                 .about = std::move(about),
                 .x_title = "seconds since the load began",
                 .y_title = std::move(y_title)};
  AddPhases(result, chart);
  return chart;
}

// A series for each process.
template <typename ValueOf>
void AddProcesses(const StressResult& result, const ValueOf& value_of,
                  const std::string& suffix, const std::string& form,
                  Chart& chart) {
  for (const ProcessUse& process : result.processes) {
    ChartSeries series = {.name = process.name + suffix, .form = form};
    for (size_t i = 0; i < process.samples.size(); ++i) {
      const std::optional<double> value = value_of(process.samples, i);
      if (value)
        series.points.emplace_back(Seconds(process.samples[i].at), value);
    }
    chart.series.push_back(std::move(series));
  }
}

// Latencies against 1 / (1 - quantile), so that the rare ones have room.
ChartSeries ByPercentile(const std::string& name, const Histogram& latency) {
  ChartSeries series = {.name = name};
  for (double nines = 0; nines <= 4.0001; nines += 0.05) {
    const double outside = std::pow(10, -nines);
    // Fewer than one measurement would lie beyond.
    if (outside * static_cast<double>(latency.count()) < 1) break;
    series.points.emplace_back(1 / outside,
                               ToMs(latency.Percentile(1 - outside)));
  }
  return series;
}

// A line through the points' means and a dot for each of their runs.
template <typename ValueOf>
void AddTrend(const TrendLine& line, const std::string& name, bool dots,
              const ValueOf& value_of, Chart& chart) {
  ChartSeries means = {.name = name};
  ChartSeries runs = {.name = name + ", each run", .form = "dots"};
  for (size_t i = 0; i < line.points.size(); ++i) {
    const TrendPoint& point = line.points[i];
    means.points.emplace_back(static_cast<double>(i),
                              value_of(Pooled(point.runs)));
    for (const RunRecord& run : point.runs) {
      runs.points.emplace_back(static_cast<double>(i), value_of(run.result));
    }
  }
  const bool repeated = runs.points.size() > means.points.size();
  chart.series.push_back(std::move(means));
  if (dots && repeated) chart.series.push_back(std::move(runs));
}

std::vector<std::string> PointNames(const TrendLine& line) {
  std::vector<std::string> names;
  names.reserve(line.points.size());
  for (const TrendPoint& point : line.points) names.push_back(point.name);
  return names;
}

}  // namespace

Chart ThroughputChart(const StressResult& result) {
  Chart chart =
      OverTime(result, "Throughput",
               "Level is good. A fall points at something that fills up or "
               "grows: queues, histories, memory.",
               "per second");
  chart.series.push_back(
      OverSlots(result, "completed", "area", [](const Slot& slot) {
        return PerSecond(slot.ended.completed(), slot);
      }));
  chart.series.push_back(OverSlots(
      result, "started", "dashed",
      [](const Slot& slot) { return PerSecond(slot.started, slot); }));
  if (result.outcomes.failed() > 0) {
    chart.series.push_back(OverSlots(
        result, "failed", "line",
        [](const Slot& slot) { return PerSecond(slot.ended.failed(), slot); }));
  }
  return chart;
}

Chart LatencyChart(const StressResult& result) {
  Chart chart = OverTime(result, "Latency",
                         "From start to completion, of what ended in each "
                         "stretch. Lines far apart point at waiting for locks.",
                         "ms");
  chart.log_y = true;
  const auto add = [&](const std::string& name, const std::string& form,
                       double quantile) {
    chart.series.push_back(
        OverSlots(result, name, form,
                  [quantile](const Slot& slot) -> std::optional<double> {
                    if (slot.latency.count() == 0) return std::nullopt;
                    return ToMs(slot.latency.Percentile(quantile));
                  }));
  };
  add("p50", "line", 0.5);
  add("p90", "line", 0.9);
  add("p99", "line", 0.99);
  add("max", "dashed", 1);
  return chart;
}

Chart InFlightChart(const StressResult& result) {
  Chart chart = OverTime(result, "In flight",
                         "Begun and not ended. In an open loop a rising line "
                         "says that the rate is more than the provider does.",
                         "units");
  chart.series.push_back(OverSlots(
      result, "in flight", "area",
      [](const Slot& slot) { return static_cast<double>(slot.in_flight); }));
  return chart;
}

Chart DistributionChart(const StressResult& result) {
  Chart chart = {.title = "Distribution of the latency",
                 .about =
                     "Two hills are two ways through the provider, such "
                     "as one that waits for a lock.",
                 .x_title = "ms",
                 .y_title = "% of all"};
  const Histogram& latency = result.latency;
  if (latency.count() == 0) return chart;
  // Bars of equal width on a logarithmic scale.
  const double low = std::log(std::max(ToMs(latency.min()), 0.001));
  const double high = std::log(std::max(ToMs(latency.max()), 0.001));
  const int bars =
      std::clamp(static_cast<int>((high - low) / 0.05) + 1, 1, kMostBars);
  const double width = (high - low) / bars;
  std::vector<double> counts(static_cast<size_t>(bars));
  for (const auto& [upper, count] : latency.Parts()) {
    const double at = std::log(std::max(ToMs(upper), 0.001));
    const int bar =
        width <= 0 ? 0 : static_cast<int>(std::floor((at - low) / width));
    counts[static_cast<size_t>(std::clamp(bar, 0, bars - 1))] +=
        static_cast<double>(count);
  }
  ChartSeries series = {.name = "part of all", .form = "bar"};
  for (int bar = 0; bar < bars; ++bar) {
    chart.categories.push_back(
        absl::StrFormat("%s to %s", FigureText(std::exp(low + width * bar)),
                        FigureText(std::exp(low + width * (bar + 1)))));
    series.points.emplace_back(bar, 100 * counts[static_cast<size_t>(bar)] /
                                        static_cast<double>(latency.count()));
  }
  chart.series.push_back(std::move(series));
  return chart;
}

Chart ProcessorChart(const StressResult& result) {
  Chart chart =
      OverTime(result, "Processor",
               "100 % is one core. Where all cores are busy, the machine is "
               "the limit.",
               "%");
  AddProcesses(
      result,
      [](const std::vector<ProcessSample>& samples,
         size_t i) -> std::optional<double> {
        if (i == 0) return std::nullopt;
        const absl::Duration time = samples[i].at - samples[i - 1].at;
        // Processor time is counted in hundredths of a second.
        if (time < absl::Milliseconds(200)) return std::nullopt;
        return 100 *
               absl::FDivDuration(samples[i].cpu - samples[i - 1].cpu, time);
      },
      "", "line", chart);
  return chart;
}

Chart MemoryChart(const StressResult& result) {
  Chart chart = OverTime(result, "Memory",
                         "Resident. A line that rises to the end points at "
                         "something that is never let go.",
                         "MiB");
  AddProcesses(
      result,
      [](const std::vector<ProcessSample>& samples,
         size_t i) -> std::optional<double> {
        return static_cast<double>(samples[i].resident_bytes) / kMiB;
      },
      "", "area", chart);
  return chart;
}

Chart FilesAndThreadsChart(const StressResult& result) {
  Chart chart = OverTime(result, "Threads and open files",
                         "Both should come to rest soon after the begin.", "");
  AddProcesses(
      result,
      [](const std::vector<ProcessSample>& samples,
         size_t i) -> std::optional<double> {
        return static_cast<double>(samples[i].threads);
      },
      ", threads", "line", chart);
  AddProcesses(
      result,
      [](const std::vector<ProcessSample>& samples,
         size_t i) -> std::optional<double> {
        return static_cast<double>(samples[i].open_files);
      },
      ", files", "dashed", chart);
  return chart;
}

Chart RoundsChart(const Contest& comparison) {
  Chart chart = {.title = "Round by round",
                 .about =
                     "Lines that move together show what the machine did "
                     "beside; lines that cross show chance.",
                 .x_title = "round",
                 .y_title = "orchestrations per second"};
  size_t rounds = 0;
  for (const Contestant& contestant : comparison.contestants) {
    ChartSeries series = {.name = contestant.name};
    for (size_t i = 0; i < contestant.runs.size(); ++i) {
      series.points.emplace_back(
          static_cast<double>(i),
          contestant.runs[i].result.orchestrations_per_second());
    }
    rounds = std::max(rounds, contestant.runs.size());
    chart.series.push_back(std::move(series));
  }
  for (size_t i = 1; i <= rounds; ++i) {
    chart.categories.push_back(std::to_string(i));
  }
  return chart;
}

Chart PercentilesChart(const Contest& comparison) {
  Chart chart = {.title = "Latency by percentile",
                 .about =
                     "All rounds together. To the right are the rare and "
                     "slow ones.",
                 .x_title = "percentile",
                 .y_title = "ms",
                 .x_ticks = {{1, "0"},
                             {2, "50"},
                             {10, "90"},
                             {100, "99"},
                             {1000, "99.9"},
                             {10000, "99.99"}},
                 .log_x = true,
                 .log_y = true};
  for (const Contestant& contestant : comparison.contestants) {
    chart.series.push_back(
        ByPercentile(contestant.name, Pooled(contestant.runs).latency));
  }
  return chart;
}

Chart TrendThroughputChart(const TrendLine& line) {
  Chart chart = {.title = "Throughput over time",
                 .about = "The mean of the runs at each commit.",
                 .x_title = "",
                 .y_title = "orchestrations per second",
                 .categories = PointNames(line)};
  AddTrend(
      line, "orchestrations per second", true,
      [](const StressResult& result) {
        return result.orchestrations_per_second();
      },
      chart);
  return chart;
}

Chart TrendLatencyChart(const TrendLine& line) {
  Chart chart = {.title = "Latency over time",
                 .about = "Of all runs at each commit together.",
                 .x_title = "",
                 .y_title = "ms",
                 .categories = PointNames(line)};
  AddTrend(
      line, "p50", false,
      [](const StressResult& result) {
        return ToMs(result.latency.Percentile(0.5));
      },
      chart);
  AddTrend(
      line, "mean", false,
      [](const StressResult& result) { return ToMs(result.latency.mean()); },
      chart);
  AddTrend(
      line, "p99", false,
      [](const StressResult& result) {
        return ToMs(result.latency.Percentile(0.99));
      },
      chart);
  return chart;
}

}  // namespace duroxide::stress
