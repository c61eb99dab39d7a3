#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "conformance/call_text.h"
#include "conformance/capabilities.h"
#include "conformance/clauses.h"
#include "conformance/durations.h"
#include "conformance/exit_codes.h"
#include "conformance/report.h"
#include "conformance/reports/reports.h"
#include "conformance/tally.h"
#include "conformance/text.h"
#include "conformance/utf8.h"
#include "conformance/words.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using Json = nlohmann::ordered_json;

// Rises where a reader of the version before could not read what is written.
constexpr int kFormatVersion = 1;

// Calls show enough to be understood; transcripts have all of them.
MessageForm FormFor(const CaseResult& result) {
  return {.longest_string = 1000, .longest = 8000, .own_store = result.store};
}

// JSON holds every character, but no bytes that are no UTF-8.
std::string Text(std::string_view text) {
  return WithEscapes(text, [](char32_t) { return false; });
}

double Seconds(absl::Duration duration) {
  return static_cast<double>(absl::ToInt64Microseconds(duration)) / 1e6;
}

double Milliseconds(Moment moment, Moment began) {
  const absl::Duration since = absl::FromChrono(moment - began);
  return static_cast<double>(absl::ToInt64Microseconds(since)) / 1e3;
}

template <typename Range>
Json Texts(const Range& range) {
  Json texts = Json::array();
  for (const auto& text : range) texts.push_back(Text(text));
  return texts;
}

Json ScoreOf(const Score& score) {
  Json json = {{"passed", score.passed}, {"applicable", score.applicable}};
  json["ratio"] = score.applicable == 0
                      ? Json()
                      : Json(static_cast<double>(score.passed) /
                             static_cast<double>(score.applicable));
  return json;
}

Json VerdictsOf(const Tally& tally) {
  Json counts;
  for (const Verdict verdict : kAllVerdicts) {
    counts[VerdictKey(verdict)] = tally.Of(verdict);
  }
  return counts;
}

Json GroupOf(std::string_view name, const Tally& tally) {
  return {{"name", name},
          {"score", ScoreOf(tally.score())},
          {"verdicts", VerdictsOf(tally)},
          {"seconds", Seconds(tally.elapsed())}};
}

Json SummaryOf(const RunResult& run) {
  Json profiles = Json::array();
  for (const auto& [profile, tally] : TallyByProfile(run)) {
    profiles.push_back(GroupOf(ProfileName(profile), tally));
  }
  Json categories = Json::array();
  for (const auto& [category, tally] : TallyByCategory(run)) {
    categories.push_back(GroupOf(category, tally));
  }
  Json outcomes;
  for (const Outcome outcome :
       {Outcome::kAsJudged, Outcome::kExpectedFailure, Outcome::kUnexpectedPass,
        Outcome::kFlakyFailure}) {
    outcomes[OutcomeKey(outcome)] = run.Count(outcome);
  }
  return {{"score", ScoreOf(run.TotalScore())},
          {"verdicts", VerdictsOf(TallyOf(run))},
          {"outcomes", outcomes},
          {"profiles", profiles},
          {"categories", categories}};
}

Json RunOf(const RunResult& run, const RunInfo& info) {
  const RunConditions& conditions = run.conditions;
  return {
      {"result", RunVerdictKey(run)},
      {"exit_code", ExitCodeOf(run)},
      {"interrupted", run.interrupted},
      {"selected", run.selected},
      {"started_at", TimeText(conditions.started_at)},
      {"seconds", Seconds(run.elapsed)},
      {"command", Text(info.command)},
      {"endpoints", Texts(conditions.endpoints)},
      {"isolation", IsolationName(conditions.isolation)},
      {"jobs", conditions.jobs},
      {"lock_timeout_seconds", Seconds(conditions.lock_timeout)},
      // As text, because not every reader of JSON has all 64 bits.
      {"seed", std::to_string(conditions.seed)},
      {"shuffled", conditions.shuffled},
      {"round_trip_seconds", Seconds(conditions.round_trip)},
      {"slowest_round_trip_seconds", Seconds(conditions.slowest_round_trip)},
      {"clock_offset_seconds", Seconds(conditions.clock_offset)},
      {"clock_uncertainty_seconds", Seconds(conditions.clock_uncertainty)}};
}

Json ProviderOf(const v1::GetProviderInfoResponse& provider) {
  Json capabilities = Json::array();
  for (const int capability : provider.capabilities()) {
    capabilities.push_back(
        CapabilityName(static_cast<v1::Capability>(capability)));
  }
  const v1::ProviderLimits& limits = provider.limits();
  return {{"name", Text(provider.name())},
          {"version", Text(provider.version())},
          {"contract_version", Text(provider.contract_version())},
          {"capabilities", capabilities},
          {"limits",
           {{"max_message_bytes", limits.max_message_bytes()},
            {"max_batch_items", limits.max_batch_items()},
            {"max_poll_timeout_seconds",
             Seconds(FromProto(limits.max_poll_timeout()))}}}};
}

// Each clause that a failed case cites.
Json ClausesOf(const RunResult& run) {
  Json clauses = Json::object();
  for (const CaseResult& result : run.cases) {
    if (!result.failure) continue;
    for (const std::string_view id : result.of->traits.clauses) {
      const Clause* clause = FindClause(id);
      if (clause == nullptr) continue;
      clauses[clause->id] = {{"title", clause->title}, {"text", clause->text}};
    }
  }
  return clauses;
}

Json CallOf(const CallRecord& call, Moment began, const MessageForm& form) {
  Json json = {{"method", call.method},
               {"sent_ms", Milliseconds(call.sent, began)},
               {"received_ms", Milliseconds(call.received, began)},
               {"request", Text(MessageText(*call.request, form))},
               {"code", absl::StatusCodeToString(call.status.code())}};
  if (call.status.ok()) {
    if (call.response != nullptr) {
      json["response"] = Text(MessageText(*call.response, form));
    }
    return json;
  }
  if (HasDetail(call.status))
    json["reason"] = ReasonName(ReasonOf(call.status));
  json["message"] = Text(std::string(call.status.message()));
  return json;
}

Json FailureOf(const Failure& failure) {
  Json json = {{"expected", Text(failure.expected)},
               {"seen", Text(failure.seen)},
               {"context", Text(failure.context)}};
  if (!failure.file.empty()) {
    json["file"] = SourcePath(failure.file);
    json["line"] = failure.line;
  }
  return json;
}

Json ExpectationOf(const Expectation& expectation) {
  const bool flaky = expectation.kind == Expectation::Kind::kKnownFlaky;
  return {{"kind", flaky ? "known_flaky" : "known_failing"},
          {"reason", Text(expectation.reason)},
          {"owner", Text(expectation.owner)},
          {"until", absl::FormatCivilTime(expectation.until)}};
}

// What only a failed case has.
void AddFailure(const CaseResult& result, const RunInfo& info, Json& json) {
  const CaseTraits& traits = result.of->traits;
  json["failure"] = FailureOf(*result.failure);
  json["proves"] = traits.proves;
  json["likely_causes"] = Texts(traits.likely_causes);
  const MessageForm form = FormFor(result);
  Json calls = Json::array();
  for (const CallRecord& call : result.calls) {
    calls.push_back(CallOf(call, result.began, form));
  }
  json["calls"] = calls;
  json["run_again"] = Text(CommandAgain(info.command, result));
  if (const std::string file = TranscriptOf(info, result); !file.empty()) {
    json["transcript"] = Text(file);
  }
  if (!result.provider_output.empty()) {
    json["provider_output"] = Text(result.provider_output);
  }
}

Json CaseOf(const CaseResult& result, const RunInfo& info) {
  const CaseTraits& traits = result.of->traits;
  Json json = {{"category", result.of->category},
               {"name", result.of->name},
               {"profile", ProfileName(traits.profile)},
               {"upstream", traits.upstream},
               {"clauses", Texts(traits.clauses)},
               {"verdict", VerdictKey(result.verdict)},
               {"outcome", OutcomeKey(result.outcome())},
               {"fails_run", result.fails_run()},
               {"seconds", Seconds(result.elapsed)},
               {"slow", result.slow},
               {"attempts", result.attempts},
               {"runs",
                {{"passed", result.runs.passed},
                 {"failed", result.runs.failed},
                 {"inconclusive", result.runs.inconclusive}}},
               {"seed", std::to_string(result.seed)}};
  if (!result.reason.empty()) json["reason"] = Text(result.reason);
  if (result.expectation) {
    json["expectation"] = ExpectationOf(*result.expectation);
  }
  if (result.failure) AddFailure(result, info, json);
  return json;
}

}  // namespace

void WriteJson(std::ostream& out, const RunResult& run, const RunInfo& info) {
  Json cases = Json::array();
  for (const CaseResult& result : run.cases) {
    cases.push_back(CaseOf(result, info));
  }
  const Json report = {
      {"format", "duroxide-compat report"},
      {"format_version", kFormatVersion},
      {"tool", {{"name", "duroxide-compat"}, {"version", info.tool_version}}},
      {"environment",
       {{"system", Text(info.environment.system)},
        {"machine", Text(info.environment.machine)},
        {"processors", info.environment.processors}}},
      {"provider", ProviderOf(run.conditions.provider)},
      {"run", RunOf(run, info)},
      {"summary", SummaryOf(run)},
      {"clauses", ClausesOf(run)},
      {"cases", cases}};
  out << report.dump(2) << "\n";
}

}  // namespace duroxide::conformance
