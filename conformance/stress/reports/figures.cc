#include "conformance/stress/reports/figures.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "conformance/stress/keep/settings.h"

namespace duroxide::stress {
namespace {

constexpr double kKiB = 1024;

// Commas between groups of three digits of a whole number.
std::string Grouped(std::string digits) {
  const size_t begin = !digits.empty() && digits.front() == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > begin + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string Plural(uint64_t count, std::string_view one,
                   std::string_view more) {
  return absl::StrFormat("%d %s", count, count == 1 ? one : more);
}

}  // namespace

RunVerdict VerdictOf(const RunRecord& run) {
  if (!run.result.sound() || !run.thresholds_met()) return RunVerdict::kFailed;
  return run.result.certified() ? RunVerdict::kPassed
                                : RunVerdict::kNotCertified;
}

RunVerdict VerdictOf(const StressReport& report) {
  RunVerdict worst = RunVerdict::kPassed;
  const auto take = [&worst](const std::vector<RunRecord>& runs) {
    for (const RunRecord& run : runs) {
      const RunVerdict verdict = VerdictOf(run);
      if (verdict == RunVerdict::kFailed || worst == RunVerdict::kPassed) {
        worst = verdict;
      }
    }
  };
  take(report.runs);
  if (report.comparison) {
    for (const Contestant& contestant : report.comparison->contestants) {
      take(contestant.runs);
    }
  }
  if (report.runs.empty() && !report.comparison) {
    for (const TrendLine& line : report.trends) take(line.points.back().runs);
  }
  return worst;
}

std::string_view VerdictKey(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kPassed:
      return "passed";
    case RunVerdict::kFailed:
      return "failed";
    case RunVerdict::kNotCertified:
      return "not_certified";
  }
  return "failed";
}

std::string_view VerdictTitle(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kPassed:
      return "Passed";
    case RunVerdict::kFailed:
      return "Failed";
    case RunVerdict::kNotCertified:
      return "Not certified";
  }
  return "Failed";
}

std::string VerdictReason(const RunRecord& run) {
  const StressResult& result = run.result;
  std::vector<std::string> reasons;
  if (result.outcomes.total() == 0) {
    reasons.emplace_back("nothing ended");
  } else if (result.outcomes.failed() > 0) {
    reasons.push_back(absl::StrFormat(
        "%s of %d failed", Plural(result.outcomes.failed(), "unit", "units"),
        result.outcomes.total()));
  }
  if (result.started > result.outcomes.total()) {
    reasons.push_back(
        absl::StrCat(result.started - result.outcomes.total(), " never ended"));
  }
  if (!result.findings.empty()) {
    uint64_t wrong = 0;
    for (const Finding& finding : result.findings) wrong += finding.count;
    reasons.push_back(absl::StrCat("the check after the load found ",
                                   Plural(wrong, "fault", "faults")));
  }
  uint64_t missed = 0;
  for (const KeptThreshold& threshold : run.thresholds) {
    if (!threshold.met) ++missed;
  }
  if (missed > 0) {
    reasons.push_back(
        absl::StrCat(Plural(missed, "threshold", "thresholds"), " not met"));
  }
  if (!result.certified()) {
    reasons.push_back(absl::StrFormat(
        "the runner was late itself for %.1f %% of the time, so that the "
        "figures are not the provider's alone",
        100 * result.lag.ratio));
  }
  if (reasons.empty()) {
    return absl::StrCat(
        "all ", FigureText(static_cast<double>(result.outcomes.completed())),
        " units completed, and the check after the load found "
        "nothing lost and nothing done twice");
  }
  std::string text;
  for (const std::string& reason : reasons) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", reason);
  }
  return text;
}

double ToMs(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(duration);
}

std::string FigureText(double number) {
  const double size = std::abs(number);
  if (size != 0 && size < 1) return absl::StrFormat("%.3f", number);
  if (size == std::round(size) && size < 1e15) {
    return Grouped(absl::StrFormat("%.0f", number));
  }
  if (size < 100) return absl::StrFormat("%.2f", number);
  if (size < 1000) return absl::StrFormat("%.1f", number);
  return Grouped(absl::StrFormat("%.0f", number));
}

std::string MsText(absl::Duration duration) {
  return absl::StrCat(FigureText(ToMs(duration)), " ms");
}

std::string BytesText(double bytes) {
  if (bytes < kKiB) return absl::StrFormat("%.0f B", bytes);
  if (bytes < kKiB * kKiB) return absl::StrFormat("%.1f KiB", bytes / kKiB);
  if (bytes < kKiB * kKiB * kKiB) {
    return absl::StrFormat("%.1f MiB", bytes / kKiB / kKiB);
  }
  return absl::StrFormat("%.2f GiB", bytes / kKiB / kKiB / kKiB);
}

std::string MomentText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

std::string RunTitle(const RunRecord& run) {
  return absl::StrCat(run.result.scenario, " ", Label(run.result.config),
                      " on ", run.result.provider);
}

std::vector<std::pair<std::string, std::string>> FactsOf(const RunRecord& run) {
  const StressResult& result = run.result;
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Provider", absl::StrCat(result.provider, " ", result.provider_version)},
      {"Scenario", result.scenario},
      {"Began", MomentText(result.began)},
      {"Took", absl::FormatDuration(
                   absl::Trunc(result.elapsed, absl::Milliseconds(1)))},
      {"Steady part",
       absl::FormatDuration(absl::Trunc(result.steady, absl::Milliseconds(1)))},
      {"Runner's lag",
       absl::StrFormat("%.2f %% of the time, longest %s",
                       100 * result.lag.ratio, MsText(result.lag.longest))},
      {"Machine", Describe(run.machine)},
  };
  if (!run.commit.empty()) {
    facts.emplace_back(
        "Commit",
        absl::StrCat(run.commit, run.modified ? ", with changes" : ""));
  }
  if (run.id != 0) facts.emplace_back("Kept as run", absl::StrCat(run.id));
  for (const Setting& setting : SettingsOf(result.config)) {
    std::string title = SettingTitle(setting);
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
    facts.emplace_back(std::move(title), SettingText(setting));
  }
  return facts;
}

}  // namespace duroxide::stress
