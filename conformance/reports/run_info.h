#ifndef DUROXIDE_CONFORMANCE_REPORTS_RUN_INFO_H_
#define DUROXIDE_CONFORMANCE_REPORTS_RUN_INFO_H_

// What reports tell of a run besides its result.

#include <string>

#include "conformance/result.h"

namespace duroxide::conformance {

// The machine that the runner was on.
struct Environment {
  // "Linux 6.1.0"
  std::string system;
  // "x86_64"
  std::string machine;
  unsigned processors = 0;
};

// The one that this process is on.
Environment ThisEnvironment();

// With a RunResult, all that a report is made of.
struct RunInfo {
  std::string tool_version;
  // The command of this run without its selection of cases, for people to copy.
  std::string command;
  // The command that sends the calls of a transcript to this run's provider
  // again, but for the transcript.
  std::string replay_command = {};
  // The folder with the transcripts of failed cases; empty where none are kept.
  std::string artifacts = {};
  Environment environment = {};
};

// The file with the transcript of a case; empty where none is kept.
std::string TranscriptOf(const RunInfo& info, const CaseResult& result);

// The command that sends the calls of that transcript again.
std::string CommandToReplay(const RunInfo& info, const CaseResult& result);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_RUN_INFO_H_
