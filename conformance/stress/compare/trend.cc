#include "conformance/stress/compare/trend.h"

#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "conformance/stress/keep/git.h"
#include "conformance/stress/keep/settings.h"

namespace duroxide::stress {
namespace {

constexpr size_t kShortCommit = 7;

std::string PointName(const RunRecord& run) {
  if (run.commit.empty()) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", run.result.began,
                            absl::UTCTimeZone());
  }
  std::string commit = run.commit.substr(0, kShortCommit);
  if (!run.modified) return commit;
  return absl::StrCat(
      commit, " with changes, ",
      absl::FormatTime("%m-%d %H:%M", run.result.began, absl::UTCTimeZone()));
}

bool SameState(const RunRecord& a, const RunRecord& b) {
  if (!a.comparison.empty() && a.comparison == b.comparison) return true;
  return !a.commit.empty() && a.commit == b.commit && !a.modified &&
         !b.modified;
}

void AddRun(const RunRecord& run, TrendLine& line) {
  if (line.points.empty() || !SameState(line.points.back().runs.back(), run)) {
    line.points.push_back({.name = PointName(run)});
  }
  line.points.back().runs.push_back(run);
}

void AddChange(const std::string& repository, TrendLine& line) {
  if (line.points.size() < 2) return;
  const TrendPoint& before = line.points[line.points.size() - 2];
  const TrendPoint& last = line.points.back();
  line.change = ContrastOf({.name = before.name, .runs = before.runs},
                           {.name = last.name, .runs = last.runs}, kConfidence);
  line.commits = CommitsBetween(repository, before.runs.back().commit,
                                last.runs.back().commit);
}

}  // namespace

std::string TitleOf(const TrendLine& line) {
  const std::string unusual = Unusual(line.config);
  return absl::StrCat(line.scenario, " ", Label(line.config), " on ",
                      line.provider, unusual.empty() ? "" : " (", unusual,
                      unusual.empty() ? "" : ")");
}

std::vector<TrendLine> TrendsOf(const std::vector<RunRecord>& runs,
                                const std::string& repository) {
  // The label comes first, so that 1/1 stands before 2/2.
  std::map<std::tuple<std::string, std::string, std::string, std::string,
                      std::string>,
           TrendLine>
      lines;
  for (const RunRecord& run : runs) {
    const StressResult& result = run.result;
    TrendLine& line =
        lines[{result.scenario, result.provider, Label(result.config),
               SettingsKey(result.config), Fingerprint(run.machine)}];
    if (line.points.empty()) {
      line.scenario = result.scenario;
      line.provider = result.provider;
      line.config = result.config;
      line.machine = run.machine;
    }
    AddRun(run, line);
  }
  std::vector<TrendLine> trends;
  trends.reserve(lines.size());
  for (auto& [key, line] : lines) {
    AddChange(repository, line);
    trends.push_back(std::move(line));
  }
  return trends;
}

}  // namespace duroxide::stress
