#include "conformance/run_case.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conformance/capabilities.h"
#include "conformance/curfew.h"
#include "conformance/fixture.h"
#include "conformance/outcome.h"
#include "conformance/session.h"
#include "conformance/text.h"
#include "conformance/transcript.h"

namespace duroxide::conformance {
namespace {

constexpr int kMostAttempts = 4;

// A case fails for being late where it is so in this many attempts.
constexpr int kLateAttempts = 3;

// Cases take about two lock times at most; this is far beyond.
constexpr int kSlowLockTimes = 5;

// The names of those of `capabilities` that the provider declares, or of those
// that it does not.
std::string Names(const std::vector<v1::Capability>& capabilities,
                  bool declared, const v1::GetProviderInfoResponse& info) {
  std::vector<std::string> names;
  for (const v1::Capability capability : capabilities) {
    if (Declares(info, capability) == declared) {
      names.push_back(CapabilityName(capability));
    }
  }
  return Join(names, ", ");
}

// The result of a case that the provider's capabilities keep from being run.
std::optional<CaseResult> NotToBeRun(const Case& of,
                                     const RunOptions& options) {
  if (const std::string extra = Names(of.traits.absent, true, options.info);
      !extra.empty()) {
    return CaseResult{
        .of = &of,
        .verdict = Verdict::kNotApplicable,
        .reason = Concat("for providers that do not declare ", extra)};
  }
  const std::string missing = Names(of.traits.needs, false, options.info);
  if (missing.empty()) return std::nullopt;
  if (options.require_capabilities) {
    return CaseResult{
        .of = &of,
        .verdict = Verdict::kFailed,
        .failure =
            Failure{.expected = Concat("the provider to declare ", missing,
                                       ", as --require-capabilities "
                                       "demands"),
                    .seen = "it does not"}};
  }
  return CaseResult{
      .of = &of,
      .verdict = Verdict::kSkipped,
      .reason = Concat("the provider does not declare ", missing)};
}

// The case was stopped.
void Stopped(const Curfew& curfew, absl::Duration limit, CaseResult& result) {
  if (!curfew.over()) throw CaseInterrupted();
  const std::string waited_for = curfew.waited_for();
  result.verdict = Verdict::kFailed;
  result.failure = Failure{
      .expected = Concat("the case to end within ", absl::FormatDuration(limit),
                         " (--timeout)"),
      .seen = waited_for.empty() ? "it was still going on"
                                 : Concat("it waited for ", waited_for)};
}

// How the body ended. Sets the verdict and what goes with it. True where the
// case failed for being late.
bool RunBody(CaseSession& session, const Curfew& curfew, absl::Duration limit,
             CaseResult& result) {
  Fixture fixture(session);
  bool late = false;
  result.reason.clear();
  result.failure.reset();
  try {
    result.of->body(fixture);
    result.verdict = Verdict::kPassed;
  } catch (CaseLate& failed) {
    late = true;
    result.verdict = Verdict::kFailed;
    result.failure = std::move(failed.failure);
  } catch (CaseFailed& failed) {
    result.verdict = Verdict::kFailed;
    result.failure = std::move(failed.failure);
  } catch (CaseTooSlow& slow) {
    result.verdict = Verdict::kInconclusive;
    result.reason = std::move(slow.why);
  } catch (const CaseInterrupted&) {
    Stopped(curfew, limit, result);
  } catch (const std::exception& unexpected) {
    // A fault of the case or of the runner: never silent, never a pass.
    result.verdict = Verdict::kFailed;
    result.failure = Failure{
        .expected = "the case to come to its end",
        .seen = Concat("an exception in the case: ", unexpected.what())};
  }
  return late;
}

// Runs the case in this room. As RunBody.
bool RunIn(Room& room, Waits& waits, const SessionOptions& options,
           const Curfew& curfew, absl::Duration limit, CaseResult& result) {
  result.store = room.store();
  CaseSession session(result.of->id(), room, waits, options);
  const bool late = RunBody(session, curfew, limit, result);
  result.calls = session.transcript().Calls();
  if (result.verdict == Verdict::kFailed) {
    result.provider_output = room.ProviderOutput();
  }
  return late;
}

// A call got no answer for as long as any that works takes.
bool WasUnanswered(const CallRecord& call) {
  return call.status.code() == absl::StatusCode::kDeadlineExceeded &&
         call.timeout >= CallLimits::kPatience;
}

// Whether the failure of an attempt is one of lateness only, as `late` or a
// call without an answer tells. A runner that stood still sees lateness and
// more that is none of the provider's: that is no verdict at all.
bool JudgeLateness(const RunOptions& options, bool late, CaseResult& result) {
  if (result.verdict != Verdict::kFailed) return false;
  const absl::Duration stall = options.longest_stall
                                   ? options.longest_stall(result.began)
                                   : absl::ZeroDuration();
  if (stall > absl::ZeroDuration()) {
    result.verdict = Verdict::kInconclusive;
    result.reason =
        Concat("the runner got no time on its machine for ",
               absl::FormatDuration(absl::Trunc(stall, absl::Milliseconds(1))),
               "; then it saw: ", result.failure->seen);
    result.failure.reset();
    return false;
  }
  return late || std::ranges::any_of(result.calls, WasUnanswered);
}

// One run in one room. As RunBody. Throws where the run was interrupted.
bool Attempt(const RunOptions& options, SessionOptions session,
             CaseResult& result) {
  result.began = Now();
  result.calls.clear();
  Waits waits;
  const Curfew curfew(options.stop, options.case_timeout, waits);
  session.stop = curfew.stop();
  session.abandon = curfew.abandon();
  Rooms::Opened opened = options.rooms->Open(*result.of, options.stop);
  if (options.stop.stop_requested()) throw CaseInterrupted();
  if (auto* none = std::get_if<CannotJudge>(&opened)) {
    result.verdict = Verdict::kSkipped;
    result.reason = std::move(none->why);
  } else if (auto* failure = std::get_if<Failure>(&opened)) {
    result.verdict = Verdict::kFailed;
    result.failure = std::move(*failure);
  } else {
    return RunIn(*std::get<std::unique_ptr<Room>>(opened), waits, session,
                 curfew, options.case_timeout, result);
  }
  return false;
}

// An attempt in the crowd where it is the first, and else in quiet. As RunBody.
bool AttemptAmongOthers(const RunOptions& options,
                        const SessionOptions& session, CaseResult& result) {
  std::optional<QuietGate::Crowd> crowd;
  std::optional<QuietGate::Quiet> quiet;
  if (options.gate != nullptr) {
    if (result.attempts == 1) {
      crowd.emplace(*options.gate);
    } else {
      quiet.emplace(*options.gate, options.stop);
    }
  }
  if (options.stop.stop_requested()) throw CaseInterrupted();
  return JudgeLateness(options, Attempt(options, session, result), result);
}

// Runs the case until there is a verdict, or too often. Throws where the run
// was interrupted.
void AttemptUntilSure(const RunOptions& options, SessionOptions session,
                      CaseResult& result) {
  int late_attempts = 0;
  bool late = false;
  do {
    ++result.attempts;
    late = AttemptAmongOthers(options, session, result);
    // Without the wait for quiet.
    result.elapsed += absl::FromChrono(Now() - result.began);
    if (late) ++late_attempts;
    late = late && late_attempts < kLateAttempts;
    if (result.verdict == Verdict::kInconclusive) {
      session.lock_timeout *= 2;
      session.at_once *= 2;
    }
  } while ((late || result.verdict == Verdict::kInconclusive) &&
           result.attempts < kMostAttempts);
  if (!late) return;
  result.verdict = Verdict::kInconclusive;
  result.reason = Concat("late in some attempts only: ", result.failure->seen);
  result.failure.reset();
}

SessionOptions FirstAttempt(const RunOptions& options, uint64_t seed) {
  return {.info = options.info,
          .lock_timeout = options.lock_timeout,
          .at_once = options.at_once,
          .clock = options.clock,
          .seed = seed,
          .calls = options.calls};
}

void Count(CaseResult& result) {
  result.runs.passed = result.verdict == Verdict::kPassed ? 1 : 0;
  result.runs.failed = result.verdict == Verdict::kFailed ? 1 : 0;
  result.runs.inconclusive = result.verdict == Verdict::kInconclusive ? 1 : 0;
}

}  // namespace

std::optional<CaseResult> RunCase(const Case& to_run, uint64_t seed,
                                  const RunOptions& options) {
  if (auto not_run = NotToBeRun(to_run, options)) return not_run;
  CaseResult result{.of = &to_run, .seed = seed};
  try {
    AttemptUntilSure(options, FirstAttempt(options, seed), result);
  } catch (const CaseInterrupted&) {
    return std::nullopt;
  }
  if (result.verdict == Verdict::kSkipped)
    return CaseResult{
        .of = &to_run, .verdict = result.verdict, .reason = result.reason};
  Count(result);
  result.slow = result.elapsed > kSlowLockTimes * options.lock_timeout;
  return result;
}

}  // namespace duroxide::conformance
