#include "conformance/run_case.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/capabilities.h"
#include "conformance/fixture.h"
#include "conformance/outcome.h"
#include "conformance/status_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr int kMostAttempts = 4;

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
                                     const v1::GetProviderInfoResponse& info) {
  if (const std::string extra = Names(of.traits.absent, true, info);
      !extra.empty()) {
    return CaseResult{
        .of = &of,
        .verdict = Verdict::kNotApplicable,
        .reason = Concat("for providers that do not declare ", extra)};
  }
  if (const std::string missing = Names(of.traits.needs, false, info);
      !missing.empty()) {
    return CaseResult{
        .of = &of,
        .verdict = Verdict::kSkipped,
        .reason = Concat("the provider does not declare ", missing)};
  }
  return std::nullopt;
}

// How the body ended. Sets the verdict and what goes with it.
void RunBody(CaseSession& session, CaseResult& result) {
  Fixture fixture(session);
  try {
    result.of->body(fixture);
    result.verdict = Verdict::kPassed;
    result.reason.clear();
  } catch (CaseFailed& failed) {
    result.verdict = Verdict::kFailed;
    result.failure = std::move(failed.failure);
  } catch (CaseTooSlow& slow) {
    result.verdict = Verdict::kInconclusive;
    result.reason = std::move(slow.why);
  } catch (const std::exception& unexpected) {
    // A fault of the case or of the runner: never silent, never a pass.
    result.verdict = Verdict::kFailed;
    result.failure = Failure{
        .expected = "the case to come to its end",
        .seen = Concat("an exception in the case: ", unexpected.what())};
  }
}

// One run in one store. False where the run was interrupted.
bool Attempt(const SessionOptions& options, CaseResult& result) {
  result.began = Now();
  const absl::StatusOr<std::unique_ptr<CaseSession>> session =
      CaseSession::Open(options, result.of->id());
  if (!session.ok()) {
    result.verdict = Verdict::kFailed;
    result.failure = Failure{.expected = "a fresh store from CreateStore",
                             .seen = StatusText(session.status())};
    return true;
  }
  result.store = (*session)->store();
  try {
    RunBody(**session, result);
  } catch (const CaseInterrupted&) {
    return false;
  }
  result.calls = (*session)->transcript().Calls();
  return true;
}

}  // namespace

std::optional<CaseResult> RunCase(const Case& to_run,
                                  const SessionOptions& options) {
  if (auto not_run = NotToBeRun(to_run, options.info)) return not_run;
  CaseResult result{.of = &to_run};
  const Moment began = Now();
  SessionOptions attempt = options;
  do {
    if (options.stop.stop_requested()) return std::nullopt;
    ++result.attempts;
    if (!Attempt(attempt, result)) return std::nullopt;
    attempt.lock_timeout *= 2;
  } while (result.verdict == Verdict::kInconclusive &&
           result.attempts < kMostAttempts);
  result.elapsed = absl::FromChrono(Now() - began);
  return result;
}

}  // namespace duroxide::conformance
