#include "conformance/stress_outputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_get.h"
#include "tests/support/http_sink.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using testing_support::HttpGet;
using testing_support::HttpSink;
using testing_support::TempDir;

std::string TextOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

stress::StressResult Settings() {
  stress::StressResult settings;
  settings.scenario = "timers";
  return settings;
}

std::vector<stress::Judgement> Judged() {
  const std::vector<std::string> texts = {"failed == 0", "scaling_2x > 1"};
  return stress::JudgeThresholds(stress::ParseThresholds(texts).value(),
                                 std::vector{Settings()});
}

// The port in "... at http://127.0.0.1:PORT/metrics".
int PortIn(const std::string& text) {
  const std::string before = "metrics at http://127.0.0.1:";
  const size_t at = text.find(before);
  return at == std::string::npos ? 0
                                 : std::stoi(text.substr(at + before.size()));
}

TEST(StressOutputs, NoneIsFine) {
  std::ostringstream err;
  const auto outputs = StressOutputs::Open({}, err);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  EXPECT_TRUE((*outputs)->End({}, {}, err).ok());
  EXPECT_THAT(err.str(), IsEmpty());
}

TEST(StressOutputs, HaveTheEndOfTheRun) {
  const TempDir folder;
  const HttpSink gateway("200 OK");
  const std::string file = folder.File("stress.prom");
  std::ostringstream err;
  const auto outputs = StressOutputs::Open(
      {.metrics_file = file,
       .metrics_push = "http://127.0.0.1:" + std::to_string(gateway.port())},
      err);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  (*outputs)->observer().OnBegin(Settings());
  (*outputs)->observer().OnStarted(1);
  (*outputs)->observer().OnEnded(stress::Outcome::kCompleted,
                                 absl::Milliseconds(1), 0);
  EXPECT_TRUE((*outputs)->End(Judged(), {}, err).ok());
  for (const std::string& text : {TextOf(file), gateway.requests().back()}) {
    EXPECT_THAT(text, AllOf(HasSubstr("orchestrations_started_total{scenario="
                                      "\"timers\"} 1\n"),
                            HasSubstr("threshold_met{scenario=\"\",threshold="
                                      "\"failed == 0\"} 1\n"),
                            HasSubstr("threshold_met{scenario=\"\",threshold="
                                      "\"scaling_2x > 1\"} 0\n")));
  }
}

TEST(StressOutputs, AreServedForAWhileAfterTheEnd) {
  std::ostringstream err;
  const auto outputs = StressOutputs::Open(
      {.metrics_listen = "127.0.0.1:0", .metrics_linger = absl::Hours(1)}, err);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  const int port = PortIn(err.str());
  (*outputs)->observer().OnBegin(Settings());
  EXPECT_THAT(HttpGet(port, "/metrics"), Not(HasSubstr("threshold_met{")));
  std::stop_source stop;
  absl::Status ended;
  std::ostringstream end_err;
  std::jthread ending(
      [&] { ended = (*outputs)->End(Judged(), stop.get_token(), end_err); });
  // Ends only where it is served after the end.
  while (HttpGet(port, "/metrics").find("threshold_met{") ==
         std::string::npos) {
    std::this_thread::yield();
  }
  stop.request_stop();
  ending.join();
  EXPECT_TRUE(ended.ok()) << ended;
  EXPECT_EQ(end_err.str(),
            "duroxide-compat: metrics are served for another 1h\n");
}

TEST(StressOutputs, AnInterruptedRunDoesNotLinger) {
  std::ostringstream err;
  const auto outputs = StressOutputs::Open(
      {.metrics_listen = "127.0.0.1:0", .metrics_linger = absl::Hours(1)}, err);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE((*outputs)->End({}, stop.get_token(), err).ok());
}

TEST(StressOutputs, SayAtOnceWhatDoesNotWork) {
  const auto problem = [](const StressOutputOptions& options) {
    std::ostringstream err;
    return std::string(StressOutputs::Open(options, err).status().message());
  };
  EXPECT_THAT(problem({.metrics_listen = "nowhere"}),
              StartsWith("--metrics-listen: "));
  EXPECT_THAT(problem({.metrics_file = "/no/such/folder/a"}),
              StartsWith("--metrics-file: cannot write /no/such/folder/a"));
  EXPECT_THAT(problem({.metrics_push = "gateway"}),
              StartsWith("--metrics-push: \"gateway\" is no address"));
  EXPECT_EQ(problem({.metrics_linger = absl::Seconds(1)}),
            "--metrics-linger: nothing is served without --metrics-listen");
}

TEST(StressOutputs, SayInTheEndWhatFailed) {
  const TempDir folder;
  const std::string file = folder.File("gone/stress.prom");
  std::filesystem::create_directory(folder.File("gone"));
  std::ostringstream err;
  const auto outputs = StressOutputs::Open({.metrics_file = file}, err);
  ASSERT_TRUE(outputs.ok()) << outputs.status();
  std::filesystem::remove_all(folder.File("gone"));
  EXPECT_THAT(std::string((*outputs)->End({}, {}, err).message()),
              StartsWith("cannot write " + file));
}

}  // namespace
}  // namespace duroxide::conformance
