// The judge is judged: behind a real server stands a provider that does one
// thing wrong, and the right cases must fail and name the clause. And behind
// the same server a provider that does nothing wrong must pass them all.

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "conformance/case_rooms.h"
#include "conformance/client.h"
#include "conformance/exit_codes.h"
#include "conformance/link.h"
#include "conformance/own_rooms.h"
#include "conformance/report.h"
#include "conformance/scheduler.h"
#include "conformance/selection.h"
#include "conformance/store_rooms.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.h"
#include "providers/await.h"
#include "providers/validation.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/faulty_server.h"
#include "tests/support/child_process.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class SilentObserver : public RunObserver {
  void OnCaseStarted(const Case& /*started*/) override {}
  void OnCaseEnded(const CaseResult& /*result*/) override {}
};

// How much the runner takes on at a time, and how long it gives itself.
struct Pace {
  int jobs = 32;
  absl::Duration lock_timeout = absl::Milliseconds(500);
};

// Runs the cases of `patterns` against a provider with such hooks.
RunResult Judge(const std::function<FaultHooks()>& hooks,
                const std::vector<std::string>& patterns,
                RestartFault after_restart = {}, Pace pace = {}) {
  const FaultyServer server(hooks);
  FaultyLauncher launcher(hooks, after_restart);
  // Not by Target, which refuses a provider that declares too little.
  const std::shared_ptr<Provider> client =
      MakeClient(server.endpoint()).value();
  const v1::GetProviderInfoResponse info =
      Await(*client, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
          .value();
  const Link link = MeasureLink(*client, {}).value();
  CaseRooms rooms(std::make_unique<StoreRooms>(
                      std::vector<std::shared_ptr<Provider>>{client}),
                  std::make_unique<OwnRooms>(launcher, MakeClient));
  const auto cases = Select(RegisteredCases(), patterns, {}).value();
  SilentObserver observer;
  return RunCases(Plan(cases, {}), pace.jobs,
                  {.rooms = &rooms,
                   .info = info,
                   .lock_timeout = pace.lock_timeout,
                   .clock = link.clock},
                  observer);
}

FaultHooks NoHooks() { return {}; }

std::string ReportOf(const RunResult& run) {
  std::ostringstream out;
  WriteReport(out, run, {.style = Style(false), .command = "duroxide-compat"});
  return out.str();
}

// Runs all cases. What a machine that is too slow cannot judge all at once is
// judged again, each case by itself and with much more time.
RunResult JudgeAll(const std::function<FaultHooks()>& hooks) {
  RunResult run = Judge(hooks, {});
  for (CaseResult& result : run.cases) {
    if (result.verdict != Verdict::kInconclusive) continue;
    const RunResult again =
        Judge(hooks, {result.of->id()}, {},
              {.jobs = 1, .lock_timeout = absl::Seconds(10)});
    result = again.cases.at(0);
  }
  return run;
}

// Every case passed but those that are for other providers.
void ExpectAllPassed(const RunResult& run, size_t passed) {
  EXPECT_EQ(run.cases.size(), RegisteredCases().size());
  EXPECT_EQ(run.Count(Verdict::kPassed), passed) << ReportOf(run);
  EXPECT_EQ(run.Count(Verdict::kFailed), 0u);
  EXPECT_EQ(run.Count(Verdict::kInconclusive), 0u);
}

void ForgetId(google::protobuf::Message& request) {
  const auto* id = request.GetDescriptor()->FindFieldByName("request_id");
  if (id == nullptr) return;
  // A malformed one is refused by all.
  const auto& reflection = *request.GetReflection();
  const size_t size = reflection.GetString(request, id).size();
  if (size >= 1 && size <= 128) reflection.ClearField(&request, id);
}

// A provider that can less: it neither declares nor has `absent`.
FaultHooks Lesser(v1::Capability absent) {
  FaultHooks hooks = Hiding(absent);
  hooks.before = [absent](Provider&, FaultHooks::Message& request) {
    const auto do_without = [absent](auto& fetch) {
      if (!Validate(fetch).ok()) return;  // refused with all that is in it
      if (absent == v1::CAPABILITY_LONG_POLLING) fetch.clear_poll_timeout();
      if (absent == v1::CAPABILITY_BATCH_FETCH) fetch.clear_max_items();
    };
    if (absent == v1::CAPABILITY_IDEMPOTENT_REQUESTS) ForgetId(request);
    On<v1::FetchOrchestrationItemsRequest>(request, do_without);
    if (absent == v1::CAPABILITY_HISTORY_ON_DEMAND) {
      On<v1::FetchOrchestrationItemsRequest>(
          request, [](auto& fetch) { fetch.clear_max_inline_events(); });
    }
    On<v1::FetchWorkItemsRequest>(request, do_without);
  };
  return hooks;
}

// Cases that a provider with all capabilities but `absent` is to pass.
size_t CasesWithout(v1::Capability absent) {
  size_t count = 0;
  for (const Case& each : RegisteredCases()) {
    const auto& needs = each.traits.needs;
    const auto& others = each.traits.absent;
    const bool is_for_it =
        std::find(needs.begin(), needs.end(), absent) == needs.end() &&
        std::all_of(others.begin(), others.end(),
                    [absent](v1::Capability other) { return other == absent; });
    if (is_for_it) ++count;
  }
  return count;
}

TEST(JudgeTheJudgeTest, AProviderWithoutFaultPassesAll) {
  ExpectAllPassed(JudgeAll(NoHooks), CasesWithout(v1::CAPABILITY_UNSPECIFIED));
}

class LesserProviderTest : public ::testing::TestWithParam<v1::Capability> {};

TEST_P(LesserProviderTest, PassesWhatIsForIt) {
  ExpectAllPassed(JudgeAll([] { return Lesser(GetParam()); }),
                  CasesWithout(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Without, LesserProviderTest,
                         ::testing::Values(v1::CAPABILITY_LONG_POLLING,
                                           v1::CAPABILITY_BATCH_FETCH,
                                           v1::CAPABILITY_HISTORY_ON_DEMAND,
                                           v1::CAPABILITY_IDEMPOTENT_REQUESTS),
                         [](const auto& absent) {
                           return v1::Capability_Name(absent.param);
                         });

TEST(JudgeTheJudgeTest, EveryCaseFindsAFault) {
  std::set<std::string> finders;
  for (const Fault& fault : AllFaults()) {
    for (const Finding& finding : fault.findings) {
      finders.insert(finding.case_id);
    }
  }
  for (const Case& each : RegisteredCases()) {
    EXPECT_TRUE(finders.contains(each.id()))
        << each.id() << " may pass whatever a provider does";
  }
}

TEST(JudgeTheJudgeTest, TheProgramTellsOfAFailure) {
  const Fault& fault = AllFaults().front();
  const std::string& id = fault.findings.front().case_id;
  const FaultyServer server(fault.hooks);
  testing_support::ChildProcess compat(
      DUROXIDE_COMPAT_PROGRAM,
      {"validate", "--endpoint=" + server.endpoint(), "--run=" + id});
  EXPECT_EQ(compat.Wait(), kExitFailed) << compat.error();
  EXPECT_THAT(
      compat.output(),
      AllOf(HasSubstr("FAILED " + id),
            HasSubstr("clause    " + fault.findings.front().clause),
            HasSubstr(" validate --endpoint=" + server.endpoint()),
            HasSubstr(" --run " + id + " --seed "), HasSubstr("1 failed in ")));
}

class FaultTest : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultTest, IsFound) {
  std::vector<std::string> ids;
  for (const Finding& finding : GetParam().findings) {
    ids.push_back(finding.case_id);
  }
  const RunResult run = Judge(GetParam().hooks, ids, GetParam().after_restart);
  ASSERT_EQ(run.cases.size(), ids.size());
  EXPECT_EQ(run.Count(Verdict::kFailed), ids.size()) << ReportOf(run);
  for (const Finding& finding : GetParam().findings) {
    EXPECT_THAT((*FindCase(RegisteredCases(), finding.case_id))->traits.clauses,
                ::testing::Contains(finding.clause));
    EXPECT_THAT(ReportOf(run), HasSubstr("clause    " + finding.clause));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FaultTest, ::testing::ValuesIn(AllFaults()),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace duroxide::conformance
