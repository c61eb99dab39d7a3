#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "conformance/reports/xml_text.h"
#include "conformance/stress/reports/charts.h"
#include "conformance/utf8.h"

namespace duroxide::stress {
namespace {

using conformance::HtmlText;
using Json = nlohmann::ordered_json;

std::string Text(std::string_view text) {
  return conformance::WithEscapes(text, [](char32_t) { return false; });
}

// Four digits are more than anybody sees.
double Rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10, 4 - std::ceil(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json SeriesOf(const ChartSeries& series) {
  Json points = Json::array();
  for (const auto& [x, y] : series.points) {
    points.push_back({Rounded(x), y ? Json(Rounded(*y)) : Json()});
  }
  return {
      {"name", Text(series.name)}, {"form", series.form}, {"points", points}};
}

Json JsonOf(const Chart& chart) {
  Json series = Json::array();
  for (const ChartSeries& one : chart.series) series.push_back(SeriesOf(one));
  Json marks = Json::array();
  for (const ChartMark& mark : chart.marks) {
    marks.push_back({{"x", mark.x}, {"name", mark.name}});
  }
  Json categories = Json::array();
  for (const std::string& name : chart.categories) {
    categories.push_back(Text(name));
  }
  Json ticks = Json::array();
  for (const auto& [value, name] : chart.x_ticks) {
    ticks.push_back({value, name});
  }
  return {{"x", chart.x_title},       {"y", chart.y_title},
          {"logX", chart.log_x},      {"logY", chart.log_y},
          {"categories", categories}, {"ticks", ticks},
          {"series", series},         {"marks", marks}};
}

// What somebody is told who cannot see the chart.
std::string InWords(const Chart& chart) {
  std::string words = chart.title + ":";
  for (const ChartSeries& series : chart.series) {
    double low = INFINITY;
    double high = -INFINITY;
    for (const auto& [x, y] : series.points) {
      if (!y) continue;
      low = std::min(low, Rounded(*y));
      high = std::max(high, Rounded(*y));
    }
    if (low > high) continue;
    Json range = {low, high};
    words += " " + series.name + " from " + range[0].dump() + " to " +
             range[1].dump() + " " + chart.y_title + ";";
  }
  words.back() = '.';
  return words;
}

}  // namespace

void ChartPage::Add(std::ostream& out, Chart chart) {
  const bool empty =
      std::all_of(chart.series.begin(), chart.series.end(),
                  [](const ChartSeries& one) { return one.points.empty(); });
  if (empty) return;
  out << "<figure class=\"chart\"><figcaption><b>" << HtmlText(chart.title)
      << "</b> <span>" << HtmlText(chart.about)
      << "</span></figcaption><div><canvas id=\"chart-" << charts_.size()
      << "\" role=\"img\" aria-label=\"" << HtmlText(InWords(chart))
      << "\"></canvas></div></figure>\n";
  charts_.push_back(std::move(chart));
}

void ChartPage::WriteData(std::ostream& out) const {
  Json charts = Json::array();
  for (const Chart& chart : charts_) charts.push_back(JsonOf(chart));
  // Within JSON a < stands in texts only; as an escape it cannot end the
  // element.
  std::string text = charts.dump();
  for (size_t at = 0; (at = text.find('<', at)) != std::string::npos;) {
    text.replace(at, 1, "\\u003c");
  }
  out << "<script type=\"application/json\" id=\"chart-data\">" << text
      << "</script>\n";
}

}  // namespace duroxide::stress
