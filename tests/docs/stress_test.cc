// What docs/stress.md names is what there is.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/stress/judge/diagnosis.h"
#include "conformance/stress/judge/thresholds.h"
#include "conformance/stress/metrics/stress_metrics.h"

namespace duroxide::stress {
namespace {

using ::testing::ContainerEq;

using Row = std::vector<std::string>;

std::string Trimmed(std::string text) {
  const size_t begin = text.find_first_not_of(" ");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" ") + 1 - begin);
}

std::string Quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

// The tables of a section, without headings; a cell each.
std::vector<Row> RowsOf(const std::string& section) {
  std::ifstream file(DUROXIDE_STRESS_GUIDE);
  std::vector<Row> rows;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) inside = line == "## " + section;
    if (!inside || !line.starts_with("| `")) continue;
    Row row;
    std::istringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) {
      row.push_back(Trimmed(cell));
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(StressGuide, HasTheFiguresAndSetsOfThresholds) {
  std::vector<Row> expected;
  for (const Figure& figure : Figures()) {
    expected.push_back({Quoted(figure.name), std::string(figure.unit),
                        std::string(figure.meaning)});
  }
  for (const ThresholdSet& set : ThresholdSets()) {
    std::string thresholds;
    for (const std::string& one : set.thresholds) {
      thresholds += (thresholds.empty() ? "" : ", ") + Quoted(one);
    }
    expected.push_back({Quoted(set.name), thresholds});
  }
  EXPECT_THAT(RowsOf("Thresholds"), ContainerEq(expected));
}

TEST(StressGuide, HasTheSignsOfTrouble) {
  std::vector<Row> rows = RowsOf("What a bad result means");
  for (Row& row : rows) row.resize(2);
  std::vector<Row> expected;
  for (const SignOfTrouble& sign : SignsOfTrouble()) {
    expected.push_back({Quoted(sign.id), std::string(sign.title)});
  }
  EXPECT_THAT(rows, ContainerEq(expected));
}

// Metrics that have seen all that there is.
void SeeAll(StressMetrics& metrics) {
  StressResult result;
  result.scenario = "timers";
  result.config.rate = 10;
  result.processes = {{.name = "runner", .samples = {{.threads = 1}}}};
  metrics.OnBegin(result);
  metrics.OnCall("AckWorkItem", absl::OkStatus(), absl::Milliseconds(1));
  metrics.OnEnd(result);
  metrics.SetThreshold("", "failed == 0", true);
}

std::string TypeOf(const prometheus::MetricFamily& family) {
  switch (family.type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "gauge";
  }
}

TEST(StressGuide, HasTheMetrics) {
  StressMetrics metrics;
  SeeAll(metrics);
  using Labels = std::set<std::string>;
  std::map<std::string, std::pair<std::string, Labels>> expected;
  for (const auto& family : metrics.registry()->Collect()) {
    Labels labels;
    for (const auto& label : family.metric.at(0).label) {
      labels.insert(Quoted(label.name));
    }
    expected[Quoted(family.name)] = {TypeOf(family), labels};
  }
  std::map<std::string, std::pair<std::string, Labels>> documented;
  for (const Row& row : RowsOf("Metrics")) {
    Labels labels;
    std::istringstream names(row.at(2));
    for (std::string name; std::getline(names, name, ',');) {
      labels.insert(Trimmed(name));
    }
    documented[row.at(0)] = {row.at(1), labels};
  }
  EXPECT_THAT(documented, ContainerEq(expected));
}

}  // namespace
}  // namespace duroxide::stress
