#include "tests/conformance/reports/sample_run.h"

#include <deque>
#include <memory>
#include <utility>

#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

constexpr Moment kBegan{};

Moment At(double milliseconds) {
  return Add(kBegan, absl::Milliseconds(1) * milliseconds);
}

const Case& CaseNamed(std::string_view category, std::string_view name,
                      Profile profile = Profile::kCore) {
  // Results point at their cases, which therefore stay where they are.
  static std::deque<Case> cases;
  return cases.emplace_back(Case{
      .category = category,
      .name = name,
      .traits = {.profile = profile,
                 .upstream = profile == Profile::kCore ? "test_it" : "",
                 .clauses = {"DEMO-1"},
                 .proves =
                     "A locked instance is given to nobody else, however many "
                     "fetches ask for it at the same moment.",
                 .procedure = "Fetch twice.",
                 .likely_causes = {"The fetch selects and locks in two steps.",
                                   "The lock's end is not compared with the "
                                   "provider's clock."}}});
}

CallRecord Fetch(double sent_ms, double received_ms) {
  auto request = std::make_shared<v1::FetchOrchestrationItemsRequest>();
  request->set_store("store-17");
  request->mutable_lock_timeout()->set_seconds(1);
  auto response = std::make_shared<v1::FetchOrchestrationItemsResponse>();
  v1::LockedOrchestrationItem& item = *response->add_items();
  item.mutable_item()->set_instance("order-1\x1b[31m</script>");
  item.set_lock_token(std::string(500, 'x'));
  return {.method = "FetchOrchestrationItems",
          .request = request,
          .sent = At(sent_ms),
          .received = At(received_ms),
          .status = absl::OkStatus(),
          .response = response};
}

CallRecord FailedAck(double sent_ms, double received_ms, absl::Status status) {
  auto request = std::make_shared<v1::AckWorkItemRequest>();
  request->set_lock_token("token-1");
  return {.method = "AckWorkItem",
          .request = request,
          .sent = At(sent_ms),
          .received = At(received_ms),
          .status = std::move(status),
          .response = nullptr};
}

CaseResult Failed(const Case& of) {
  return {.of = &of,
          .verdict = Verdict::kFailed,
          .failure = Failure{.expected = "no item",
                             .seen = "(instance \"order-1\")",
                             .context = "order-1 is locked",
                             .file = "/somewhere/conformance/cases/locking.cc",
                             .line = 42},
          .calls = {Fetch(0.25, 1.5), Fetch(1.75, 1002.5),
                    FailedAck(500, 501.25,
                              MakeError(v1::ERROR_REASON_LOCK_LOST,
                                        "lock_token: ran out")),
                    FailedAck(502, 503, absl::UnknownError(HostileText()))},
          .store = "store-17",
          .attempts = 1,
          .began = kBegan,
          .elapsed = absl::Milliseconds(1003),
          .runs = {.failed = 1},
          .seed = 18446744073709551615u};
}

CaseResult Passed(const Case& of) {
  return {.of = &of,
          .verdict = Verdict::kPassed,
          .attempts = 1,
          .elapsed = absl::Milliseconds(1200),
          .runs = {.passed = 1},
          .seed = 7};
}

CaseResult With(CaseResult result, Expectation::Kind kind) {
  result.expectation = Expectation{.kind = kind,
                                   .reason = "locks are not there yet",
                                   .owner = "ada",
                                   .until = absl::CivilDay(2026, 12, 31)};
  return result;
}

void AddFailures(RunResult& run) {
  run.cases.push_back(Failed(CaseNamed("locking", "exclusive")));
  CaseResult hostile = Failed(CaseNamed("locking", "hostile"));
  hostile.failure->expected = HostileText();
  hostile.failure->seen = HostileText();
  hostile.failure->context = HostileText();
  hostile.provider_output = "one line\nand another " + HostileText();
  hostile.attempts = 2;
  hostile.runs = {.passed = 2, .failed = 3};
  hostile.slow = true;
  run.cases.push_back(std::move(hostile));
  run.cases.push_back(With(Failed(CaseNamed("locking", "known_failing")),
                           Expectation::Kind::kKnownFailing));
  run.cases.push_back(With(Failed(CaseNamed("locking", "known_flaky")),
                           Expectation::Kind::kKnownFlaky));
  run.cases.push_back(With(Passed(CaseNamed("locking", "unexpected_pass")),
                           Expectation::Kind::kKnownFailing));
}

void AddNotRun(RunResult& run) {
  run.cases.push_back({.of = &CaseNamed("management", "lists_instances"),
                       .verdict = Verdict::kSkipped,
                       .reason = "the provider does not declare ADMIN"});
  run.cases.push_back({.of = &CaseNamed("management", "no_administration"),
                       .verdict = Verdict::kNotApplicable,
                       .reason = HostileText()});
}

RunConditions SampleConditions() {
  RunConditions conditions;
  conditions.started_at = absl::FromUnixSeconds(1795421730);
  conditions.endpoints = {"127.0.0.1:50051", "unix:/run/p.sock"};
  conditions.provider.set_name("sample<b>");
  conditions.provider.set_version("0.9");
  conditions.provider.set_contract_version("1.0");
  conditions.provider.add_capabilities(v1::CAPABILITY_LONG_POLLING);
  conditions.provider.add_capabilities(v1::CAPABILITY_ISOLATED_STORES);
  conditions.provider.mutable_limits()->set_max_message_bytes(67'108'864);
  conditions.provider.mutable_limits()->set_max_batch_items(16);
  conditions.provider.mutable_limits()->mutable_max_poll_timeout()->set_seconds(
      30);
  conditions.jobs = 64;
  conditions.seed = 4711;
  conditions.round_trip = absl::Microseconds(250);
  conditions.slowest_round_trip = absl::Milliseconds(2);
  conditions.clock_offset = absl::Milliseconds(-3);
  conditions.clock_uncertainty = absl::Microseconds(120);
  return conditions;
}

}  // namespace

std::string HostileText() {
  return "<script>alert(1)</script> ]]> --> \"'& `` ``` **b** |\n"
         "@everyone \x1b[31m \x01\x7f \xe2\x80\xae turned \xef\xbf\xbe \xff "
         "\xc3";
}

RunResult SampleRun() {
  RunResult run;
  run.conditions = SampleConditions();
  run.elapsed = absl::Milliseconds(3210);
  run.cases.push_back(
      Passed(CaseNamed("atomicity", "all_at_once", Profile::kStrict)));
  run.cases.push_back({.of = &CaseNamed("atomicity", "rollback"),
                       .verdict = Verdict::kInconclusive,
                       .reason = "the check at line 7 came 5ms too late",
                       .attempts = 4,
                       .elapsed = absl::Seconds(15),
                       .runs = {.inconclusive = 1}});
  AddFailures(run);
  AddNotRun(run);
  run.selected = run.cases.size();
  return run;
}

RunResult PassedRun() {
  RunResult run;
  run.conditions = SampleConditions();
  run.elapsed = absl::Milliseconds(1200);
  run.cases.push_back(Passed(CaseNamed("atomicity", "all_at_once")));
  run.selected = 1;
  return run;
}

RunInfo SampleInfo() {
  return {.tool_version = "1.2.3",
          .command = "duroxide-compat validate --endpoint=127.0.0.1:50051",
          .replay_command = "duroxide-compat replay --endpoint=127.0.0.1:50051",
          .artifacts = "transcripts",
          .environment = {
              .system = "Linux 6.1.0", .machine = "x86_64", .processors = 2}};
}

}  // namespace duroxide::conformance
