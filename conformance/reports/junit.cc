#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/report.h"
#include "conformance/reports/reports.h"
#include "conformance/reports/xml_text.h"
#include "conformance/tally.h"
#include "conformance/text.h"
#include "conformance/words.h"

namespace duroxide::conformance {
namespace {

// What JUnit knows of a test. Its readers go red for failures and errors and
// for nothing else, so a failure that was foretold is none of them.
enum class State { kPassed, kFailure, kError, kSkipped };

State StateOf(const CaseResult& result) {
  if (result.fails_run()) return State::kFailure;
  switch (result.verdict) {
    case Verdict::kPassed:
      return State::kPassed;
    case Verdict::kInconclusive:
      return State::kError;
    case Verdict::kFailed:
    case Verdict::kSkipped:
    case Verdict::kNotApplicable:
      return State::kSkipped;
  }
  return State::kError;
}

using Results = std::vector<const CaseResult*>;

std::string Attribute(std::string_view name, std::string_view value) {
  return Concat(" ", name, "=\"", XmlAttribute(value), "\"");
}

std::string Seconds(absl::Duration elapsed) {
  return Concat(static_cast<double>(absl::ToInt64Milliseconds(elapsed)) / 1000);
}

// Local time and without a zone, as JUnit's schema wants it; that of UTC.
std::string Timestamp(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%S", time, absl::UTCTimeZone());
}

// The attributes that a suite and the whole have alike.
std::string Figures(const Results& results, absl::Duration elapsed,
                    const RunResult& run) {
  const auto count = [&](State state) {
    return std::to_string(std::count_if(
        results.begin(), results.end(),
        [state](const auto* result) { return StateOf(*result) == state; }));
  };
  return Concat(Attribute("tests", std::to_string(results.size())),
                Attribute("failures", count(State::kFailure)),
                Attribute("errors", count(State::kError)),
                Attribute("skipped", count(State::kSkipped)),
                Attribute("time", Seconds(elapsed)),
                Attribute("timestamp", Timestamp(run.conditions.started_at)));
}

std::string FailureType(const CaseResult& result) {
  return result.outcome() == Outcome::kAsJudged ? VerdictKey(result.verdict)
                                                : OutcomeKey(result.outcome());
}

void WriteFailureElement(std::ostream& out, const CaseResult& result,
                         const RunInfo& info) {
  if (!result.failure) {
    out << "      <failure" << Attribute("message", Headline(result))
        << Attribute("type", FailureType(result)) << "/>\n";
    return;
  }
  std::ostringstream text;
  WriteFailure(text, result,
               {.style = Style(/*colours=*/false), .command = info.command});
  out << "      <failure" << Attribute("message", Headline(result))
      << Attribute("type", FailureType(result)) << ">" << XmlText(text.str())
      << "</failure>\n";
}

void WriteCase(std::ostream& out, const CaseResult& result,
               const RunInfo& info) {
  out << "    <testcase" << Attribute("classname", result.of->category)
      << Attribute("name", result.of->name)
      << Attribute("time", Seconds(result.elapsed));
  if (result.failure && !result.failure->file.empty()) {
    out << Attribute("file", SourcePath(result.failure->file))
        << Attribute("line", std::to_string(result.failure->line));
  }
  switch (StateOf(result)) {
    case State::kPassed:
      out << "/>\n";
      return;
    case State::kFailure:
      out << ">\n";
      WriteFailureElement(out, result, info);
      break;
    case State::kError:
      out << ">\n      <error" << Attribute("message", Headline(result))
          << Attribute("type", VerdictKey(result.verdict)) << "/>\n";
      break;
    case State::kSkipped:
      out << ">\n      <skipped" << Attribute("message", Headline(result))
          << "/>\n";
      break;
  }
  out << "    </testcase>\n";
}

void WriteProperty(std::ostream& out, std::string_view name,
                   std::string_view value) {
  out << "      <property" << Attribute("name", name)
      << Attribute("value", value) << "/>\n";
}

void WriteProperties(std::ostream& out, const RunResult& run,
                     const RunInfo& info) {
  const RunConditions& conditions = run.conditions;
  out << "    <properties>\n";
  WriteProperty(out, "tool_version", info.tool_version);
  WriteProperty(out, "provider", conditions.provider.name());
  WriteProperty(out, "provider_version", conditions.provider.version());
  WriteProperty(out, "contract_version",
                conditions.provider.contract_version());
  WriteProperty(out, "seed", std::to_string(conditions.seed));
  out << "    </properties>\n";
}

}  // namespace

void WriteJUnit(std::ostream& out, const RunResult& run, const RunInfo& info) {
  Results all;
  std::map<std::string_view, Results> suites;
  for (const CaseResult& result : run.cases) {
    all.push_back(&result);
    suites[result.of->category].push_back(&result);
  }
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"
      << Attribute("name", "duroxide-compat") << Figures(all, run.elapsed, run)
      << ">\n";
  const auto tallies = TallyByCategory(run);
  for (const auto& [category, results] : suites) {
    out << "  <testsuite" << Attribute("name", category)
        << Figures(results, tallies.at(category).elapsed(), run) << ">\n";
    WriteProperties(out, run, info);
    for (const CaseResult* result : results) WriteCase(out, *result, info);
    out << "  </testsuite>\n";
  }
  out << "</testsuites>\n";
}

}  // namespace duroxide::conformance
