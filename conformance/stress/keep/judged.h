#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_JUDGED_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_JUDGED_H_

#include <span>

#include "conformance/stress/judge/diagnosis.h"
#include "conformance/stress/judge/thresholds.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

// Notes in the runs how they were judged: each judgement and diagnosis in the
// last run of the load that it names, and where it names none, in the last run
// of all. Nothing without a run.
void NoteJudgements(std::span<const Judgement> judgements,
                    std::span<const Diagnosis> diagnoses,
                    std::span<RunRecord> runs);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_JUDGED_H_
