// How one case comes to its verdict.

#include "conformance/run_case.h"

#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "conformance/case_rooms.h"
#include "conformance/fixture.h"
#include "conformance/outcome.h"
#include "conformance/store_rooms.h"
#include "gmock/gmock.h"
#include "tests/conformance/run_case_fixture.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST_F(RunCaseTest, PassesInAStoreOfItsOwn) {
  const Case passing = MakeCase("passing", [](Fixture& t) {
    t.Do(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  });
  const CaseResult result = Run(passing);
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.attempts, 1);
  ASSERT_THAT(result.calls, SizeIs(1));
  EXPECT_EQ(result.calls[0].method, "GetProviderInfo");
  EXPECT_LE(result.calls[0].sent, result.calls[0].received);
  const auto& request =
      dynamic_cast<const v1::GetProviderInfoRequest&>(*result.calls[0].request);
  EXPECT_EQ(request.store(), "test/passing#1");
  EXPECT_EQ(stub_.made(), 1);
  EXPECT_THAT(stub_.stores(), IsEmpty());
}

TEST_F(RunCaseTest, FailsWithWhatTheProviderSaid) {
  const Case failing =
      MakeCase("failing", [](Fixture& t) { t.EnqueueStart("order-1"); });
  const CaseResult result = Run(failing);
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  ASSERT_TRUE(result.failure.has_value());
  EXPECT_THAT(result.failure->seen,
              HasSubstr("reason INTERNAL: stub: EnqueueOrchestratorItem"));
  EXPECT_THAT(result.failure->file, HasSubstr("run_case_test.cc"));
  EXPECT_THAT(result.calls, SizeIs(1));
  EXPECT_THAT(stub_.stores(), IsEmpty());
}

TEST_F(RunCaseTest, FailsWhereTheCaseThrows) {
  const Case throwing =
      MakeCase("throwing", [](Fixture&) { throw std::runtime_error("oh"); });
  const CaseResult result = Run(throwing);
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_THAT(result.failure->seen, HasSubstr("oh"));
}

TEST_F(RunCaseTest, FailsWhereThereIsNoStore) {
  FailingProvider failing_provider;
  const Case passing = MakeCase("passing", [](Fixture&) {});
  const CaseResult result = RunWith(passing, failing_provider).value();
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_THAT(result.failure->expected, HasSubstr("CreateStore"));
}

TEST_F(RunCaseTest, SkipsWhatTheProviderDoesNotDeclare) {
  const Case needy =
      MakeCase("needy", [](Fixture& t) { t.Fail("not to run", "ran"); },
               {v1::CAPABILITY_ADMIN, v1::CAPABILITY_LONG_POLLING});
  const CaseResult result = Run(needy);
  EXPECT_EQ(result.verdict, Verdict::kSkipped);
  EXPECT_EQ(result.reason, "the provider does not declare ADMIN, LONG_POLLING");
  EXPECT_EQ(stub_.made(), 0);
}

TEST_F(RunCaseTest, LeavesOutWhatIsForProvidersThatLackACapability) {
  Case poor = MakeCase("poor", [](Fixture& t) { t.Fail("not to run", "ran"); });
  poor.traits.absent = {v1::CAPABILITY_BATCH_FETCH};
  stub_.info.add_capabilities(v1::CAPABILITY_BATCH_FETCH);
  const CaseResult result = Run(poor);
  EXPECT_EQ(result.verdict, Verdict::kNotApplicable);
  EXPECT_EQ(result.reason, "for providers that do not declare BATCH_FETCH");
  EXPECT_EQ(stub_.made(), 0);
}

TEST_F(RunCaseTest, AFailureOnAnyThreadFailsTheCase) {
  const Case concurrent = MakeCase("concurrent", [](Fixture& t) {
    t.Concurrently(4, [&](int i) { t.Expect(i, 2, "thread ", i); });
  });
  const CaseResult result = Run(concurrent);
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_THAT(result.failure->expected, HasSubstr("equal to 2"));
}

TEST_F(RunCaseTest, RequiresCapabilitiesWhereItIsToldTo) {
  const Case needy = MakeCase("needy", [](Fixture&) {}, {v1::CAPABILITY_ADMIN});
  RunOptions options = Options();
  options.require_capabilities = true;
  const CaseResult result = RunCase(needy, kSeed, options).value();
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_THAT(result.failure->expected,
              HasSubstr("declare ADMIN, as --require-capabilities"));
}

TEST_F(RunCaseTest, GivesTheCaseItsSeedAndTheMeasureOfAtOnce) {
  const Case looking = MakeCase("looking", [](Fixture& t) {
    t.Expect(t.seed(), uint64_t{kSeed});
    t.Expect(t.AtOnce(), absl::Seconds(5));
  });
  RunOptions options = Options();
  options.at_once = absl::Seconds(5);
  const CaseResult result = RunCase(looking, kSeed, options).value();
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.seed, kSeed);
  EXPECT_EQ(result.runs, RunCounts{.passed = 1});
}

// Answers nothing but a caller that gives up; counts those that wait.
class SilentProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, EnqueueWorkItem) {
    static_cast<void>(request);
    static_cast<void>(response);
    ++waiting;
    std::thread([abandon = context.abandon, done = std::move(done)]() mutable {
      std::promise<void> given_up;
      const std::stop_callback on_abandon(abandon,
                                          [&] { given_up.set_value(); });
      given_up.get_future().get();
      std::move(done)(absl::CancelledError("given up"));
    }).detach();
  }

  std::atomic<int> waiting = 0;
};

TEST_F(RunCaseTest, FailsACaseThatTakesTooLongWithWhatItWaitedFor) {
  SilentProvider silent;
  StoreRooms rooms({Unowned(silent)});
  RunOptions options = Options(rooms);
  options.case_timeout = absl::Milliseconds(50);
  const Case stuck =
      MakeCase("stuck", [](Fixture& t) { t.EnqueueWork(v1::WorkItem()); });
  const CaseResult result = RunCase(stuck, kSeed, options).value();
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.failure->expected,
            "the case to end within 50ms (--timeout)");
  EXPECT_THAT(result.failure->seen,
              HasSubstr("waited for the answer to EnqueueWorkItem since "));
  EXPECT_THAT(silent.stores(), IsEmpty());

  const Case endless = MakeCase("endless", [](Fixture& t) {
    const Moment now = Now();
    t.WaitUntilOver({now, now, absl::Hours(1)});
  });
  EXPECT_THAT(RunCase(endless, kSeed, options)->failure->seen,
              HasSubstr("waited for the end of 1h since "));
}

TEST_F(RunCaseTest, AnInterruptedRunGivesUpCallsThatHang) {
  SilentProvider silent;
  const Case stuck =
      MakeCase("stuck", [](Fixture& t) { t.EnqueueWork(v1::WorkItem()); });
  std::jthread interrupt([&] {
    while (silent.waiting == 0) std::this_thread::yield();
    stop_.request_stop();
  });
  EXPECT_FALSE(RunWith(stuck, silent).has_value());
  EXPECT_THAT(silent.stores(), IsEmpty());
}

TEST_F(RunCaseTest, SkipsWhatNoRoomIsFitFor) {
  Case restarting = MakeCase("restarting", [](Fixture&) {});
  restarting.traits.restarts = true;
  CaseRooms rooms(std::make_unique<StoreRooms>(
                      std::vector<std::shared_ptr<Provider>>{Unowned(stub_)}),
                  nullptr);
  const CaseResult result = RunCase(restarting, kSeed, Options(rooms)).value();
  EXPECT_EQ(result.verdict, Verdict::kSkipped);
  EXPECT_THAT(result.reason, HasSubstr("--spawn lets it"));
  EXPECT_EQ(result.attempts, 0);
  EXPECT_EQ(stub_.made(), 0);
}

// Keeps all that it hears.
class Listener : public CallObserver {
 public:
  void OnCall(const std::string& case_id, const CallRecord& call) override {
    const std::lock_guard lock(mutex_);
    heard_.push_back(case_id + " " + call.method);
  }
  std::vector<std::string> heard() const {
    const std::lock_guard lock(mutex_);
    return heard_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> heard_;
};

TEST_F(RunCaseTest, TellsOfEveryCallAsItEnds) {
  Listener listener;
  RunOptions options = Options();
  options.calls = &listener;
  const Case asking = MakeCase("asking", [](Fixture& t) {
    t.Do(&Provider::GetProviderInfo, {});
    t.Expect(t.Call(&Provider::GetQueueDepths, {}).ok(), false);
  });
  EXPECT_EQ(RunCase(asking, kSeed, options)->verdict, Verdict::kPassed);
  EXPECT_THAT(listener.heard(), ElementsAre("test/asking GetProviderInfo",
                                            "test/asking GetQueueDepths"));
}

// How many threads were stopped, for cases that cannot capture.
std::atomic<int>& Stopped() {
  static std::atomic<int> stopped;
  return stopped;
}

TEST_F(RunCaseTest, AThreadThatFailsEndsTheWaitingOfTheOthers) {
  Stopped() = 0;
  const Case waiting = MakeCase("waiting", [](Fixture& t) {
    t.Concurrently(3, [&](int i) {
      if (i == 1) t.Fail("thread 1 to pass", "it failed");
      try {
        t.Eventually([] { return 1; }, 2, "what never comes");
      } catch (const CaseInterrupted&) {
        ++Stopped();
        throw;
      }
    });
  });
  const CaseResult result = Run(waiting);
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.failure->expected, "thread 1 to pass");
  EXPECT_EQ(Stopped(), 2);
}

// Says that it is busy the first three times.
class BusyProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, EnqueueWorkItem) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    const bool busy = sends_++ < 3;
    std::move(done)(busy ? MakeError(v1::ERROR_REASON_STORE_BUSY, "wait")
                         : absl::OkStatus());
  }

 private:
  std::atomic<int> sends_ = 0;
};

TEST_F(RunCaseTest, SendsAgainWhatABusyStoreRefused) {
  BusyProvider busy;
  const Case enqueues =
      MakeCase("enqueues", [](Fixture& t) { t.EnqueueWork(v1::WorkItem()); });
  const std::optional<CaseResult> result = RunWith(enqueues, busy);
  EXPECT_EQ(result->verdict, Verdict::kPassed);
  EXPECT_THAT(result->calls, SizeIs(4));
}

TEST_F(RunCaseTest, HasNoResultWhereTheRunIsInterrupted) {
  const Case endless = MakeCase("endless", [](Fixture& t) {
    const Moment now = Now();
    t.WaitUntilOver({now, now, absl::Hours(1)});
  });
  std::jthread interrupt([&] {
    // Not before the case has its store.
    while (stub_.made() == 0) std::this_thread::yield();
    stop_.request_stop();
  });
  EXPECT_FALSE(RunCase(endless, kSeed, Options()).has_value());
  EXPECT_THAT(stub_.stores(), IsEmpty());
}

}  // namespace
}  // namespace duroxide::conformance
