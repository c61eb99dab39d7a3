#include "conformance/stress/keep/judged.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace duroxide::stress {
namespace {

// `where` begins with the scenario and its label: "parallel_orchestrations
// 2/2", and more where there are several providers.
RunRecord& RunAt(const std::string& where, std::span<RunRecord> runs) {
  for (size_t i = runs.size(); i > 0; --i) {
    RunRecord& run = runs[i - 1];
    const std::string name =
        absl::StrCat(run.result.scenario, " ", Label(run.result.config));
    const bool all_of_it =
        where.size() == name.size() || where[name.size()] == ' ';
    if (where.starts_with(name) && all_of_it) return run;
  }
  return runs.back();
}

std::string SeenText(const Judgement& judgement) {
  std::string seen = judgement.seen ? judgement.SeenText() : "";
  if (!judgement.note.empty()) {
    absl::StrAppend(&seen, seen.empty() ? "" : "; ", judgement.note);
  }
  return seen;
}

template <typename Range>
std::vector<std::string> Texts(const Range& texts) {
  return std::vector<std::string>(texts.begin(), texts.end());
}

}  // namespace

void NoteJudgements(std::span<const Judgement> judgements,
                    std::span<const Diagnosis> diagnoses,
                    std::span<RunRecord> runs) {
  if (runs.empty()) return;
  for (const Judgement& judgement : judgements) {
    RunAt(judgement.where, runs)
        .thresholds.push_back(
            {.text = judgement.threshold.text(),
             .met = judgement.verdict == Judgement::Verdict::kMet,
             .seen = SeenText(judgement)});
  }
  for (const Diagnosis& diagnosis : diagnoses) {
    RunAt(diagnosis.where, runs)
        .explanations.push_back(
            {.title = std::string(diagnosis.sign->title),
             .seen = diagnosis.seen,
             .likely_causes = Texts(diagnosis.sign->causes),
             .next_steps = Texts(diagnosis.sign->next_steps)});
  }
}

}  // namespace duroxide::stress
