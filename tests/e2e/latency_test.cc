// The whole suite over a slow network: the SQLite provider keeps its promises,
// so whatever fails is a false failure of the judge.
//
// DUROXIDE_LATENCY_REPEATS=20 runs the suite that often with each latency.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>

#include "providers/await.h"
#include "providers/provider.h"
#include "tests/e2e/server_process.h"
#include "tests/support/child_process.h"
#include "tests/support/latency_proxy.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {
namespace {

using std::chrono::milliseconds;
using testing_support::ChildProcess;
using testing_support::Latency;
using testing_support::LatencyProxy;

// The exit codes of a run in which no case failed: 3 is one in which some could
// not be judged.
constexpr int kPassed = 0;
constexpr int kInconclusive = 3;

class LatencyTest : public testing::TestWithParam<milliseconds> {
 protected:
  LatencyTest()
      : server_(dir_.File("db"), "unix:" + dir_.File("server"),
                {"--enable-test-service"}) {
    server_.WaitUntilServing();
    proxy_ = std::make_unique<LatencyProxy>(
        dir_.File("proxy"), dir_.File("server"), Latency{.mean = GetParam()});
  }

  static std::string Repeats() {
    const char* repeats = std::getenv("DUROXIDE_LATENCY_REPEATS");
    return repeats == nullptr ? "1" : repeats;
  }

  // The line that counts the verdicts.
  static std::string Conclusion(const std::string& report) {
    std::istringstream lines(report);
    std::string conclusion;
    for (std::string line; std::getline(lines, line);) {
      if (line.find(" passed") != std::string::npos) conclusion = line;
    }
    return conclusion;
  }

  testing_support::TempDir dir_;
  ServerProcess server_;
  std::unique_ptr<LatencyProxy> proxy_;
};

TEST_P(LatencyTest, EveryMessageTakesItsTime) {
  const auto client = Connect(proxy_->endpoint());
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(
      Await(*client, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
          .ok());
  // A request and its answer.
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 2 * 0.8 * GetParam());
}

TEST_P(LatencyTest, NoFalseFailure) {
  if (GetParam() > milliseconds(80) &&
      std::getenv("DUROXIDE_LATENCY_REPEATS") == nullptr) {
    GTEST_SKIP() << "takes minutes; set DUROXIDE_LATENCY_REPEATS for it";
  }
  ChildProcess runner(DUROXIDE_COMPAT_PROGRAM,
                      {"validate", "--endpoint=" + proxy_->endpoint(),
                       "--jobs=400", "--repeat=" + Repeats()});
  const int exit_code = runner.Wait();
  const std::string report = runner.output();
  EXPECT_TRUE(exit_code == kPassed || exit_code == kInconclusive)
      << "exit code " << exit_code << "\n"
      << report << runner.error();
  std::cout << GetParam().count() << " ms each way: " << Conclusion(report)
            << std::endl;
}

INSTANTIATE_TEST_SUITE_P(EachWay, LatencyTest,
                         testing::Values(milliseconds(0), milliseconds(20),
                                         milliseconds(80), milliseconds(200)),
                         [](const auto& test) {
                           return std::to_string(test.param.count()) + "ms";
                         });

}  // namespace
}  // namespace duroxide::e2e
