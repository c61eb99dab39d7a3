#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/reports/xml_text.h"
#include "conformance/stress/compare/pooled.h"
#include "conformance/stress/compare/table.h"
#include "conformance/stress/reports/html_parts.h"

namespace duroxide::stress {
namespace {

using conformance::HtmlText;

std::string_view BadgeOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kWorse:
      return "worse";
    default:
      return "open";
  }
}

// The farthest ratio from 1, as a logarithm, that the list has to show.
double Reach(const Contrast& contrast) {
  double reach = std::log(1.05);
  for (const FigureContrast& figure : contrast.figures) {
    if (!figure.estimate) continue;
    const RatioEstimate& estimate = *figure.estimate;
    reach = std::max(reach, std::abs(std::log(estimate.ratio)));
    if (!estimate.interval) continue;
    reach = std::max({reach, std::abs(std::log(estimate.interval->low)),
                      std::abs(std::log(estimate.interval->high))});
  }
  // An interval from nowhere to nowhere would hide all others.
  return std::min(reach * 1.08, std::log(100.0));
}

// Where a ratio stands, in percent; 1 is in the middle.
double Place(double ratio, double reach) {
  return std::clamp(50 + 50 * std::log(ratio) / reach, 0.0, 100.0);
}

void WriteRatio(std::ostream& out, const FigureContrast& figure, double reach) {
  const std::string unit(FigureUnit(figure.figure));
  out << "<li><span class=\"name\">" << FigureTitle(figure.figure) << "<small>"
      << FigureText(figure.base) << unit << " and " << FigureText(figure.other)
      << unit << "</small></span><span class=\"span " << BadgeOf(figure.verdict)
      << "\" aria-hidden=\"true\">";
  if (figure.estimate) {
    if (const auto& interval = figure.estimate->interval) {
      const double left = Place(interval->low, reach);
      out << absl::StrFormat("<i style=\"left:%.2f%%;width:%.2f%%\"></i>", left,
                             Place(interval->high, reach) - left);
    }
    out << absl::StrFormat("<b style=\"left:%.2f%%\"></b>",
                           Place(figure.estimate->ratio, reach));
  }
  out << "</span><span class=\"ratio\">";
  if (figure.estimate) {
    out << absl::StrFormat("× %.3f", figure.estimate->ratio);
    if (const auto& interval = figure.estimate->interval) {
      out << absl::StrFormat(" <small>%.3f to %.3f</small>", interval->low,
                             interval->high);
    }
  }
  out << "</span><span class=\"verdict-cell\"><span class=\"badge "
      << BadgeOf(figure.verdict) << "\">" << VerdictText(figure.verdict)
      << "</span></span></li>\n";
}

// What was the same for all contestants.
std::vector<std::pair<std::string, std::string>> SharedFacts(
    const Contest& comparison) {
  std::vector<std::pair<std::string, std::string>> shared =
      FactsOf(comparison.contestants.front().runs.front());
  for (const Contestant& contestant : comparison.contestants) {
    for (const RunRecord& run : contestant.runs) {
      const auto facts = FactsOf(run);
      std::erase_if(shared, [&facts](const auto& fact) {
        return std::find(facts.begin(), facts.end(), fact) == facts.end();
      });
    }
  }
  return shared;
}

}  // namespace

void WriteHtmlContrast(std::ostream& out, const Contrast& contrast) {
  const double reach = Reach(contrast);
  out << "<ul class=\"ratios\">\n";
  for (const FigureContrast& figure : contrast.figures) {
    WriteRatio(out, figure, reach);
  }
  out << "</ul>\n";
  if (contrast.cautions.empty()) return;
  out << "<ul class=\"cautions\">\n";
  for (const std::string& caution : contrast.cautions) {
    out << "<li>" << HtmlText(caution) << "</li>\n";
  }
  out << "</ul>\n";
}

void WriteHtmlComparison(std::ostream& out, const Contest& comparison,
                         ChartPage& charts) {
  std::vector<std::vector<std::string>> rows;
  for (const Contestant& contestant : comparison.contestants) {
    rows.push_back(TableCells(contestant.name, Pooled(contestant.runs)));
  }
  const Contestant& first = comparison.contestants.front();
  out << "<p class=\"lead\">" << first.runs.size()
      << (first.runs.size() == 1 ? " round" : " rounds") << " of "
      << HtmlText(first.runs.front().result.scenario)
      << ". Bars are the intervals in which the true ratio lies with "
      << absl::StrFormat("%.0f %%", 100 * comparison.confidence)
      << "; the line in the middle is 1, no difference.</p>\n";
  for (const Contrast& contrast : comparison.contrasts) {
    out << "<h3>" << HtmlText(contrast.other) << " against "
        << HtmlText(contrast.base) << "</h3>\n";
    WriteHtmlContrast(out, contrast);
  }
  out << "<h3>Figures</h3>\n";
  WriteHtmlTable(out, "All contestants", TableHeadings(), rows, 2);
  out << "<div class=\"charts\">\n";
  charts.Add(out, RoundsChart(comparison));
  charts.Add(out, PercentilesChart(comparison));
  out << "</div>\n";

  std::vector<std::string> headings = TableHeadings();
  headings.insert(headings.begin() + 2, "Round");
  std::vector<std::vector<std::string>> rounds;
  for (const Contestant& contestant : comparison.contestants) {
    for (size_t i = 0; i < contestant.runs.size(); ++i) {
      rounds.push_back(TableCells(contestant.name, contestant.runs[i].result));
      rounds.back().insert(rounds.back().begin() + 2, absl::StrCat(i + 1));
    }
  }
  out << "<details class=\"table\"><summary>Each round as a table</summary>\n";
  WriteHtmlTable(out, "Each round", headings, rounds, 2);
  out << "</details>\n<h3>Machine and settings</h3>\n<dl class=\"facts\">\n";
  for (const Contestant& contestant : comparison.contestants) {
    const RunRecord& run = contestant.runs.front();
    out << "<div><dt>" << HtmlText(contestant.name) << "</dt><dd>"
        << HtmlText(absl::StrCat(run.result.provider, " ",
                                 run.result.provider_version, ", ",
                                 Label(run.result.config)));
    if (!run.commit.empty()) {
      out << ", commit <code>" << HtmlText(run.commit) << "</code>"
          << (run.modified ? " with changes" : "");
    }
    out << "</dd></div>\n";
  }
  for (const auto& [name, value] : SharedFacts(comparison)) {
    out << "<div><dt>" << HtmlText(name) << "</dt><dd>" << HtmlText(value)
        << "</dd></div>\n";
  }
  out << "</dl>\n";
}

}  // namespace duroxide::stress
