#ifndef DUROXIDE_CONFORMANCE_STRESS_REPORTS_CHARTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_REPORTS_CHARTS_H_

// The charts of the HTML page. The page holds their points as JSON, and
// stress.js draws them with Chart.js.

#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/stress/compare/comparison.h"
#include "conformance/stress/compare/trend.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

struct ChartSeries {
  std::string name;
  // Without a y the line has a gap.
  std::vector<std::pair<double, std::optional<double>>> points;
  // "line", "dashed", "area", "dots" or "bar".
  std::string form = "line";
};

// A moment or value of the x axis that is worth a line.
struct ChartMark {
  double x = 0;
  std::string name;
};

struct Chart {
  // What it shows, and how to read it.
  std::string title;
  std::string about;
  std::string x_title;
  std::string y_title;
  // Names of x = 0, 1, ...; empty where x is a number.
  std::vector<std::string> categories = {};
  // Names for values of a logarithmic x, such as percentiles.
  std::vector<std::pair<double, std::string>> x_ticks = {};
  bool log_x = false;
  bool log_y = false;
  std::vector<ChartSeries> series = {};
  std::vector<ChartMark> marks = {};
};

// Gathers the charts of a page while its elements are written.
class ChartPage {
 public:
  // Writes the chart's figure; nothing where it has no point to show.
  void Add(std::ostream& out, Chart chart);
  // Writes the data of all, for the end of the page.
  void WriteData(std::ostream& out) const;

 private:
  std::vector<Chart> charts_;
};

// Of one run.
Chart ThroughputChart(const StressResult& result);
Chart LatencyChart(const StressResult& result);
Chart InFlightChart(const StressResult& result);
Chart DistributionChart(const StressResult& result);
Chart ProcessorChart(const StressResult& result);
Chart MemoryChart(const StressResult& result);
Chart FilesAndThreadsChart(const StressResult& result);

// Of a comparison: each round, and the latencies by percentile.
Chart RoundsChart(const Contest& comparison);
Chart PercentilesChart(const Contest& comparison);

// Of a load over time.
Chart TrendThroughputChart(const TrendLine& line);
Chart TrendLatencyChart(const TrendLine& line);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_REPORTS_CHARTS_H_
