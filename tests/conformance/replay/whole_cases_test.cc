// Cases that passed are sent again, and every answer is the same: what a
// provider makes up is mapped, what waits and what overlaps does so again.

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "conformance/replay/replay_report.h"
#include "conformance/replay/replayer.h"
#include "conformance/replay/transcript_file.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/target.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

// Longer than a test takes: the cases here wait for no lock's end, so that
// nothing hangs on the machine's speed.
constexpr absl::Duration kLockTime = absl::Minutes(5);

class SilentObserver : public RunObserver {
  void OnCaseStarted(const Case& /*started*/) override {}
  void OnCaseEnded(const CaseResult& /*result*/) override {}
};

// True where the case called from several threads: then it is chance who comes
// first.
bool Overlaps(const CaseResult& result) {
  Moment last = {};
  for (const CallRecord& call : result.calls) {
    if (call.sent < last) return true;
    last = call.received;
  }
  return false;
}

// What the calls of a passed case give when they are sent again.
void ExpectSameAgain(const CaseResult& result, const Target& target) {
  const absl::Time began = absl::Now() - absl::FromChrono(Now() - result.began);
  const std::string text =
      TranscriptText(MakeTranscript(result, target.info(), began, "1.2.3"));
  const auto transcript = ParseTranscript(text).value();
  const Replay replay = SendAgain(transcript, target.provider(), {}).value();
  std::ostringstream report;
  WriteReplay(report, transcript, replay, Style(/*colours=*/false));
  EXPECT_EQ(CountDifferent(replay), 0u) << report.str();
  EXPECT_EQ(replay.calls.size(), result.calls.size());
}

class WholeCasesTest : public testing::TestWithParam<std::string> {};

TEST_P(WholeCasesTest, GiveTheSameAnswersAgain) {
  const Target target = Target::Connect({}, {}).value();
  const auto cases = Select(RegisteredCases(), {GetParam()}, {}).value();
  SilentObserver observer;
  const RunResult run = RunCases(Plan(cases, {}), /*jobs=*/8,
                                 {.rooms = &target.rooms(),
                                  .info = target.info(),
                                  .lock_timeout = kLockTime,
                                  .clock = target.link().clock},
                                 observer);
  ASSERT_EQ(run.cases.size(), cases.size());
  size_t compared = 0;
  for (const CaseResult& result : run.cases) {
    if (result.verdict != Verdict::kPassed || Overlaps(result)) continue;
    ++compared;
    ExpectSameAgain(result, target);
  }
  EXPECT_GE(compared, 3u);
}

INSTANTIATE_TEST_SUITE_P(All, WholeCasesTest,
                         testing::Values("instance_creation", "atomicity",
                                         "multi_execution", "custom_status"),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace duroxide::conformance
