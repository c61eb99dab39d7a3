#include "conformance/judge.h"

#include <optional>
#include <string>

#include "conformance/outcome.h"
#include "gmock/gmock.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using ::testing::EndsWith;
using ::testing::Gt;

class TestJudge final : public Judge {
 public:
  std::string doubt;

 private:
  std::string Doubt() const override { return doubt; }
};

class JudgeTest : public ::testing::Test {
 protected:
  // What the check fails with; nothing where it holds.
  template <typename Check>
  std::optional<Failure> FailureOf(Check check) {
    try {
      check();
    } catch (CaseFailed& failed) {
      return failed.failure;
    }
    return std::nullopt;
  }

  TestJudge t_;
};

TEST_F(JudgeTest, ExpectHolds) {
  EXPECT_EQ(FailureOf([&] { t_.Expect(3, Gt(2)); }), std::nullopt);
  EXPECT_EQ(FailureOf([&] { t_.Expect(std::string("a"), "a"); }), std::nullopt);
}

TEST_F(JudgeTest, ExpectTellsWhatWasExpectedAndSeen) {
  const auto failure =
      FailureOf([&] { t_.Expect(1, Gt(2), "after ", 3, " tries"); });
  const int line = __LINE__ - 1;
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->expected, "is > 2");
  EXPECT_EQ(failure->seen, "1");
  EXPECT_EQ(failure->context, "after 3 tries");
  EXPECT_THAT(failure->file, EndsWith("judge_test.cc"));
  EXPECT_EQ(failure->line, line);
}

TEST_F(JudgeTest, ExpectErrorGoesByReason) {
  const absl::Status lost = MakeError(v1::ERROR_REASON_LOCK_LOST, "gone");
  EXPECT_EQ(
      FailureOf([&] { t_.ExpectError(lost, v1::ERROR_REASON_LOCK_LOST); }),
      std::nullopt);
  const auto failure = FailureOf(
      [&] { t_.ExpectError(lost, v1::ERROR_REASON_INSTANCE_RUNNING); });
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->expected, "FAILED_PRECONDITION, reason INSTANCE_RUNNING");
  EXPECT_EQ(failure->seen, "FAILED_PRECONDITION, reason LOCK_LOST: gone");
}

TEST_F(JudgeTest, ExpectErrorWantsADetailAndNoSuccess) {
  EXPECT_NE(FailureOf([&] {
              t_.ExpectError(absl::FailedPreconditionError("lost"),
                             v1::ERROR_REASON_LOCK_LOST);
            }),
            std::nullopt);
  EXPECT_NE(FailureOf([&] {
              t_.ExpectError(absl::OkStatus(), v1::ERROR_REASON_LOCK_LOST);
            }),
            std::nullopt);
}

TEST_F(JudgeTest, ExpectOkTellsTheStatus) {
  EXPECT_EQ(FailureOf([&] { t_.ExpectOk(absl::OkStatus()); }), std::nullopt);
  const auto failure =
      FailureOf([&] { t_.ExpectOk(absl::UnavailableError("no route")); });
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->seen, "UNAVAILABLE, no error detail: no route");
}

TEST_F(JudgeTest, ADoubtfulFailureProvesNothing) {
  t_.doubt = "a lock may have run out";
  EXPECT_THROW(t_.Expect(1, 2), CaseTooSlow);
  EXPECT_THROW(t_.ExpectOk(absl::UnavailableError("")), CaseTooSlow);
}

TEST_F(JudgeTest, ExpectDuringCountsOnlyWhileTheIntervalHolds) {
  const Moment now = Now();
  const Interval lasting = {now, now, absl::Hours(1)};
  EXPECT_EQ(FailureOf([&] { t_.ExpectDuring(lasting, 1, 1); }), std::nullopt);
  EXPECT_NE(FailureOf([&] { t_.ExpectDuring(lasting, 1, 2); }), std::nullopt);
  const Moment before = Add(now, -absl::Seconds(2));
  const Interval past = {before, before, absl::Seconds(1)};
  EXPECT_THROW(t_.ExpectDuring(past, 1, 1), CaseTooSlow);
  EXPECT_THROW(t_.ExpectDuring(past, 1, 2), CaseTooSlow);
}

}  // namespace
}  // namespace duroxide::conformance
