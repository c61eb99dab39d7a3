#ifndef DUROXIDE_CONFORMANCE_REPLAY_ARTIFACTS_H_
#define DUROXIDE_CONFORMANCE_REPLAY_ARTIFACTS_H_

#include <string>

#include "absl/status/status.h"
#include "conformance/reports/run_info.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// Makes `folder`, and those around it, where it is not there, and makes sure
// that it can be written to. INVALID_ARGUMENT, with why, where it cannot.
absl::Status PrepareArtifacts(const std::string& folder);

// Writes the transcript of each failed case to where TranscriptOf says. An
// error names every file that could not be written; the others are.
absl::Status WriteArtifacts(const RunResult& run, const RunInfo& info);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_ARTIFACTS_H_
