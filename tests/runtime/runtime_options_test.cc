#include "runtime/runtime_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <ostream>
#include <string>

namespace duroxide::runtime {
namespace {

using ::testing::StartsWith;

TEST(RuntimeOptionsTest, TheDefaultsAreValid) {
  EXPECT_EQ(Validate(RuntimeOptions()), absl::OkStatus());
}

// One wrong option, and how the error about it begins.
struct Wrong {
  std::function<void(RuntimeOptions&)> spoil;
  std::string error;

  friend void PrintTo(const Wrong& wrong, std::ostream* out) {
    *out << wrong.error;
  }
};

class WrongOptionTest : public testing::TestWithParam<Wrong> {};

TEST_P(WrongOptionTest, IsNamed) {
  RuntimeOptions options;
  GetParam().spoil(options);
  const absl::Status status = Validate(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), StartsWith(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongOptionTest,
    testing::Values(
        Wrong{[](auto& o) { o.orchestration_concurrency = -1; },
              "orchestration_concurrency: must be at least 0, is -1"},
        Wrong{[](auto& o) { o.worker_concurrency = -2; },
              "worker_concurrency: must be at least 0, is -2"},
        Wrong{[](auto& o) { o.blocking_threads = 0; },
              "blocking_threads: must be at least 1, is 0"},
        Wrong{[](auto& o) { o.min_poll_interval = absl::ZeroDuration(); },
              "min_poll_interval: must be more than zero, is 0"},
        Wrong{[](auto& o) { o.long_poll_timeout = -absl::Seconds(1); },
              "long_poll_timeout: must not be negative, is -1s"},
        Wrong{[](auto& o) { o.long_poll_timeout = absl::InfiniteDuration(); },
              "long_poll_timeout: must not be infinite"},
        Wrong{
            [](auto& o) { o.orchestrator_lock_timeout = absl::ZeroDuration(); },
            "orchestrator_lock_timeout: must be more than zero"},
        Wrong{[](auto& o) { o.worker_lock_timeout = absl::InfiniteDuration(); },
              "worker_lock_timeout: must not be infinite"},
        Wrong{[](auto& o) {
                o.worker_lock_renewal_buffer = -absl::Milliseconds(1);
              },
              "worker_lock_renewal_buffer: must not be negative, is -1ms"},
        Wrong{[](auto& o) { o.session_lock_timeout = absl::ZeroDuration(); },
              "session_lock_timeout: must be more than zero"},
        Wrong{[](auto& o) { o.max_attempts = 0; },
              "max_attempts: must be at least 1, is 0"},
        Wrong{[](auto& o) { o.unregistered_backoff.base = -absl::Seconds(1); },
              "unregistered_backoff.base: must not be negative"},
        Wrong{[](auto& o) {
                o.unregistered_backoff.max = absl::InfiniteDuration();
              },
              "unregistered_backoff.max: must not be infinite"},
        Wrong{
            [](auto& o) { o.activity_cancellation_grace = -absl::Seconds(1); },
            "activity_cancellation_grace: must not be negative"},
        Wrong{[](auto& o) {
                o.supported_replay_versions = {.min = {2, 0, 0},
                                               .max = {1, 9, 0}};
              },
              "supported_replay_versions: ends at 1.9.0, before it begins at "
              "2.0.0"},
        Wrong{[](auto& o) { o.session_idle_timeout = absl::Seconds(25); },
              "session_idle_timeout: must be more than 25s"},
        Wrong{
            [](auto& o) { o.session_cleanup_interval = absl::ZeroDuration(); },
            "session_cleanup_interval: must be more than zero"},
        Wrong{[](auto& o) { o.max_sessions = -1; },
              "max_sessions: must be at least 0, is -1"},
        Wrong{[](auto& o) {
                o.tag_filter.set_mode(provider::v1::TagFilter::MODE_TAGS);
              },
              "tag_filter: tags: must be 1 to 5 tags"},
        Wrong{[](auto& o) {
                o.tag_filter.set_mode(
                    provider::v1::TagFilter::MODE_DEFAULT_AND);
                for (int i = 0; i < 6; ++i) o.tag_filter.add_tags("gpu");
              },
              "tag_filter: tags: must be 1 to 5 tags"},
        Wrong{[](auto& o) { o.tag_filter.add_tags("gpu"); },
              "tag_filter: tags: must be empty unless"}));

TEST(RuntimeOptionsTest, TheIdleTimeGoesWithTheLockOfActivities) {
  RuntimeOptions options;
  options.session_idle_timeout = absl::Seconds(6);
  options.worker_lock_timeout = absl::Seconds(10);
  EXPECT_EQ(Validate(options), absl::OkStatus());
}

TEST(RenewalIntervalTest, ShortLocksAreRenewedAtHalfTime) {
  EXPECT_EQ(RenewalInterval(absl::Seconds(10), absl::Seconds(9)),
            absl::Seconds(5));
  EXPECT_EQ(RenewalInterval(absl::Milliseconds(300), absl::Seconds(9)),
            absl::Milliseconds(150));
}

TEST(RenewalIntervalTest, LongLocksAreRenewedBeforeTheirEnd) {
  EXPECT_EQ(RenewalInterval(absl::Seconds(30), absl::Seconds(5)),
            absl::Seconds(25));
  EXPECT_EQ(RenewalInterval(absl::Seconds(15), absl::Seconds(60)),
            absl::Seconds(1));
}

TEST(UnregisteredBackoffTest, DoublesUpToItsEnd) {
  const UnregisteredBackoff backoff;
  EXPECT_EQ(backoff.Delay(1), absl::Seconds(1));
  EXPECT_EQ(backoff.Delay(2), absl::Seconds(2));
  EXPECT_EQ(backoff.Delay(6), absl::Seconds(32));
  EXPECT_EQ(backoff.Delay(7), absl::Seconds(60));
}

TEST(UnregisteredBackoffTest, TheExponentHasAnEnd) {
  const UnregisteredBackoff backoff{.base = absl::Seconds(1),
                                    .max = absl::Hours(1)};
  EXPECT_EQ(backoff.Delay(7), absl::Seconds(64));
  EXPECT_EQ(backoff.Delay(UINT32_MAX), absl::Seconds(64));
  EXPECT_EQ(backoff.Delay(0), absl::Seconds(1));
}

}  // namespace
}  // namespace duroxide::runtime
