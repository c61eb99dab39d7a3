#include "conformance/words.h"

#include <iomanip>
#include <sstream>

#include "conformance/text.h"
#include "conformance/utf8.h"

namespace duroxide::conformance {
namespace {

constexpr size_t kLongestPart = 200;

std::string Short(std::string_view text) {
  const std::string_view cut = CutAtCharacter(text, kLongestPart);
  return Concat(cut, cut.size() < text.size() ? "..." : "");
}

std::string FailureText(const CaseResult& result) {
  if (!result.failure) {
    return result.reason.empty() ? "failed"
                                 : Concat("failed: ", Short(result.reason));
  }
  return Concat("expected ", Short(result.failure->expected), "; seen ",
                Short(result.failure->seen));
}

}  // namespace

std::string ExpectationText(const Expectation& expectation) {
  return Concat(expectation.reason, " (", expectation.owner, ", until ",
                absl::FormatCivilTime(expectation.until), ")");
}

std::string Headline(const CaseResult& result) {
  switch (result.outcome()) {
    case Outcome::kExpectedFailure:
      return Concat("failed as expected: ",
                    ExpectationText(*result.expectation));
    case Outcome::kFlakyFailure:
      return Concat("failed, and is known to be flaky: ",
                    ExpectationText(*result.expectation));
    case Outcome::kUnexpectedPass:
      return Concat("passed, but is listed as known to fail: ",
                    ExpectationText(*result.expectation));
    case Outcome::kAsJudged:
      break;
  }
  switch (result.verdict) {
    case Verdict::kPassed:
      return "";
    case Verdict::kFailed:
      return FailureText(result);
    case Verdict::kSkipped:
    case Verdict::kNotApplicable:
    case Verdict::kInconclusive:
      return Concat(VerdictName(result.verdict), ": ", Short(result.reason));
  }
  return "";
}

std::string SecondsText(absl::Duration elapsed) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << absl::ToDoubleSeconds(elapsed);
  return out.str();
}

std::string ShortText(absl::Duration duration) {
  return absl::FormatDuration(absl::Trunc(duration, absl::Microseconds(10)));
}

std::string ClockText(const RunConditions& conditions) {
  const bool behind = conditions.clock_offset < absl::ZeroDuration();
  return Concat(ShortText(absl::AbsDuration(conditions.clock_offset)),
                behind ? " behind" : " ahead", ", give or take ",
                ShortText(conditions.clock_uncertainty));
}

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
}

}  // namespace duroxide::conformance
