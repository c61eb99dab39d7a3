// When a case that did not pass has no verdict, or not yet.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/fixture.h"
#include "conformance/outcome.h"
#include "conformance/run_case.h"
#include "conformance/stall_watch.h"
#include "gmock/gmock.h"
#include "tests/conformance/run_case_fixture.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using DoubtTest = RunCaseTest;

// The lock time of each attempt, for cases that cannot capture.
std::vector<absl::Duration>& Attempts() {
  static std::vector<absl::Duration> attempts;
  return attempts;
}

TEST_F(DoubtTest, RunsAgainWithLongerLocksWhereTheRunnerWasTooSlow) {
  Attempts().clear();
  const Case slow_once = MakeCase("slow_once", [](Fixture& t) {
    Attempts().push_back(t.lock_timeout());
    const Moment long_ago = Add(Now(), -absl::Hours(1));
    if (Attempts().size() == 1) {
      t.ExpectDuring({long_ago, long_ago, t.lock_timeout()}, 1, 1);
    }
  });
  const CaseResult result = Run(slow_once);
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.reason, "");
  EXPECT_EQ(result.attempts, 2);
  EXPECT_THAT(Attempts(),
              ElementsAre(absl::Milliseconds(100), absl::Milliseconds(200)));
  EXPECT_EQ(stub_.made(), 2);
  EXPECT_THAT(stub_.stores(), IsEmpty());
}

TEST_F(DoubtTest, IsInconclusiveWhereTheRunnerStaysTooSlow) {
  const Case slow = MakeCase("slow", [](Fixture& t) {
    const Moment long_ago = Add(Now(), -absl::Hours(1));
    t.ExpectDuring({long_ago, long_ago, t.lock_timeout()}, 1, 2);
  });
  const CaseResult result = Run(slow);
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_EQ(result.attempts, 4);
  EXPECT_THAT(result.reason, HasSubstr("after the lock or delay of 800ms"));
}

TEST_F(DoubtTest, BeingLateOnceIsNoFailure) {
  Attempts().clear();
  const Case late_once = MakeCase("late_once", [](Fixture& t) {
    Attempts().push_back(t.lock_timeout());
    if (Attempts().size() == 1) t.FailLate("at once", "after a minute");
  });
  const CaseResult result = Run(late_once);
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.failure, std::nullopt);
  EXPECT_THAT(Attempts(),
              ElementsAre(absl::Milliseconds(100), absl::Milliseconds(100)));
}

TEST_F(DoubtTest, BeingLateEveryTimeIsAFailure) {
  const Case late = MakeCase(
      "late", [](Fixture& t) { t.FailLate("at once", "after a minute"); });
  const CaseResult result = Run(late);
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.attempts, 3);
  EXPECT_EQ(result.failure->seen, "after a minute");
}

TEST_F(DoubtTest, BeingLateNowAndThenIsInconclusive) {
  Attempts().clear();
  const Case mixed = MakeCase("mixed", [](Fixture& t) {
    Attempts().push_back(t.lock_timeout());
    const Moment long_ago = Add(Now(), -absl::Hours(1));
    if (Attempts().size() % 2 == 1) {
      t.ExpectDuring({long_ago, long_ago, t.lock_timeout()}, 1, 1);
    }
    t.FailLate("at once", "after a minute");
  });
  const CaseResult result = Run(mixed);
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.reason, HasSubstr("after a minute"));
}

// Gives every fetch an item.
class GivingProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, FetchWorkItems) {
    static_cast<void>(context);
    static_cast<void>(request);
    response->add_items()->set_lock_token("token-1");
    std::move(done)(absl::OkStatus());
  }
};

TEST_F(DoubtTest, DoubtsAFailureAfterALockMayHaveRunOut) {
  GivingProvider giving;
  const Case late = MakeCase("late", [](Fixture& t) {
    const LockedWork held = t.FetchWorkItem();
    WaitUntil(held.held.surely_over(), std::stop_token());
    t.Expect(1, 2);
  });
  EXPECT_EQ(RunWith(late, giving)->verdict, Verdict::kInconclusive);
  const Case intended = MakeCase("intended", [](Fixture& t) {
    const LockedWork held = t.FetchWorkItem();
    t.WaitUntilOver(held.held);
    t.Expect(1, 2);
  });
  EXPECT_EQ(RunWith(intended, giving)->verdict, Verdict::kFailed);
}

TEST_F(DoubtTest, WhereOneThreadIsTooSlowTheOthersProveNothing) {
  const Case slow = MakeCase("slow", [](Fixture& t) {
    t.Concurrently(3, [&](int i) {
      if (i == 1) {
        const Moment long_ago = Add(Now(), -absl::Hours(1));
        t.ExpectDuring({long_ago, long_ago, t.lock_timeout()}, 1, 1);
      }
      t.Expect(i, 1);
    });
  });
  EXPECT_EQ(Run(slow).verdict, Verdict::kInconclusive);
}

// What every call is answered with where the caller gives up.
class UnansweringProvider : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, EnqueueWorkItem) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    if (unanswered_ == 0) return std::move(done)(absl::OkStatus());
    --unanswered_;
    std::move(done)(absl::DeadlineExceededError("no answer"));
  }

  explicit UnansweringProvider(int unanswered) : unanswered_(unanswered) {}

 private:
  int unanswered_;
};

const Case& Enqueueing() {
  static const Case enqueueing = MakeCase("enqueueing", [](Fixture& t) {
    t.Do(&Provider::EnqueueWorkItem, v1::EnqueueWorkItemRequest());
  });
  return enqueueing;
}

TEST_F(DoubtTest, ACallThatGotNoAnswerOnceIsNoFailure) {
  UnansweringProvider unanswering(2);
  const CaseResult result = RunWith(Enqueueing(), unanswering).value();
  EXPECT_EQ(result.verdict, Verdict::kPassed);
  EXPECT_EQ(result.attempts, 3);
}

TEST_F(DoubtTest, ACallThatNeverGetsAnAnswerIsAFailure) {
  UnansweringProvider unanswering(100);
  const CaseResult result = RunWith(Enqueueing(), unanswering).value();
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.attempts, 3);
  EXPECT_THAT(result.failure->seen, HasSubstr("DEADLINE_EXCEEDED"));
}

TEST_F(DoubtTest, AFailureWhileTheRunnerStoodStillIsNoVerdict) {
  const Case failing = MakeCase("failing", [](Fixture& t) { t.Expect(1, 2); });
  RunOptions options = Options();
  std::vector<Moment> asked;
  options.longest_stall = [&](Moment since) {
    asked.push_back(since);
    return absl::Seconds(2);
  };
  const CaseResult result = RunCase(failing, kSeed, options).value();
  EXPECT_EQ(result.verdict, Verdict::kInconclusive);
  EXPECT_THAT(result.reason,
              HasSubstr("the runner got no time on its machine for 2s"));
  EXPECT_EQ(result.failure, std::nullopt);
  ASSERT_THAT(asked, SizeIs(4));
  EXPECT_EQ(asked.back(), result.began);
}

TEST_F(DoubtTest, AFailureAfterTheRunnerStoodStillCounts) {
  const Case failing = MakeCase("failing", [](Fixture& t) { t.Expect(1, 2); });
  RunOptions options = Options();
  int attempts = 0;
  options.longest_stall = [&](Moment) {
    return ++attempts == 1 ? absl::Seconds(2) : absl::ZeroDuration();
  };
  const CaseResult result = RunCase(failing, kSeed, options).value();
  EXPECT_EQ(result.verdict, Verdict::kFailed);
  EXPECT_EQ(result.attempts, 2);
}

class StallsTest : public ::testing::Test {
 protected:
  Moment After(int ms) const { return Add(begin_, absl::Milliseconds(ms)); }

  const Moment begin_ = Now();
  Stalls stalls_{begin_, absl::Milliseconds(50), absl::Seconds(1)};
};

TEST_F(StallsTest, WhatComesInTimeIsNoStall) {
  stalls_.Beat(After(50));
  stalls_.Beat(After(1050));
  EXPECT_EQ(stalls_.LongestSince(begin_, After(1100)), absl::ZeroDuration());
}

TEST_F(StallsTest, TellsTheLongestStallSinceAMoment) {
  stalls_.Beat(After(3050));
  stalls_.Beat(After(5100));
  stalls_.Beat(After(5150));
  EXPECT_EQ(stalls_.LongestSince(begin_, After(5150)), absl::Seconds(3));
  EXPECT_EQ(stalls_.LongestSince(After(4000), After(5150)), absl::Seconds(2));
  EXPECT_EQ(stalls_.LongestSince(After(5100), After(5150)),
            absl::ZeroDuration());
}

TEST_F(StallsTest, AStallThatGoesOnCounts) {
  EXPECT_EQ(stalls_.LongestSince(begin_, After(1550)), absl::Seconds(1.5));
}

TEST(StallWatchTest, SeesNoneWhereThereWasNone) {
  const StallWatch watch;
  EXPECT_EQ(watch.LongestSince(Add(Now(), absl::Hours(1))),
            absl::ZeroDuration());
}

}  // namespace
}  // namespace duroxide::conformance
