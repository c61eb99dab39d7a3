#include "tests/e2e/server_process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/http_get.h"

namespace duroxide::e2e {
namespace {

// What stands around the addresses in the line that tells that it serves.
constexpr std::string_view kServing = "serving ";
constexpr std::string_view kOn = " on ";
constexpr std::string_view kMetrics = ", metrics on http://";

// How often to look at a number that nobody tells changes of.
constexpr std::chrono::milliseconds kLookAgain(1);

}  // namespace

ServerProcess::ServerProcess(const std::string& database,
                             const std::string& listen)
    : process_({DUROXIDE_PROVIDER_PROGRAM, "--provider=sqlite",
                "--database=" + database, "--listen=" + listen,
                std::string("--metrics-listen=") + kAnyPort,
                "--enable-test-service"}) {}

void ServerProcess::WaitUntilServing() {
  if (!endpoint_.empty()) return;
  const std::optional<std::string> line = process_.WaitForLine(kServing);
  if (!line.has_value()) {
    ADD_FAILURE() << "the server does not serve; exit code "
                  << process_.WaitForExit();
    return;
  }
  const size_t metrics = line->find(kMetrics);
  ASSERT_NE(metrics, std::string::npos) << *line;
  const size_t on = line->rfind(kOn, metrics - 1);
  ASSERT_NE(on, std::string::npos) << *line;
  endpoint_ = line->substr(on + kOn.size(), metrics - on - kOn.size());
  metrics_address_ = line->substr(metrics + kMetrics.size());
  metrics_address_.erase(metrics_address_.find('/'));
}

const std::string& ServerProcess::endpoint() {
  WaitUntilServing();
  return endpoint_;
}

std::optional<double> ServerProcess::Metric(std::string_view series) {
  WaitUntilServing();
  const std::string start = absl::StrCat(std::string(series), " ");
  const std::string page = HttpGet(metrics_address_, "/metrics");
  for (const absl::string_view line : absl::StrSplit(page, '\n')) {
    double value = 0;
    if (absl::StartsWith(line, start) &&
        absl::SimpleAtod(line.substr(start.size()), &value)) {
      return value;
    }
  }
  return std::nullopt;
}

void ServerProcess::WaitForLongPolls(std::string_view queue, int count) {
  const std::string series =
      absl::StrCat("duroxide_provider_long_polls_waiting{queue=\"",
                   std::string(queue), "\"}");
  while (Metric(series) != count) std::this_thread::sleep_for(kLookAgain);
}

void ServerProcess::WaitUntilOpen(const std::string& file) const {
  const auto is_open = [&] {
    std::error_code gone;  // what is open, and the process, come and go
    for (const auto& fd : std::filesystem::directory_iterator(
             absl::StrCat("/proc/", process_.pid(), "/fd"), gone)) {
      if (std::filesystem::read_symlink(fd, gone) == file) return true;
    }
    return gone && !std::filesystem::exists(
                       absl::StrCat("/proc/", process_.pid(), "/exe"));
  };
  while (!is_open()) std::this_thread::sleep_for(kLookAgain);
}

int ServerProcess::ThreadCount() const {
  const std::filesystem::directory_iterator threads(
      absl::StrCat("/proc/", process_.pid(), "/task"));
  return static_cast<int>(std::distance(begin(threads), end(threads)));
}

void ServerProcess::Kill() {
  process_.Signal(SIGKILL);
  process_.WaitForExit();
}

std::unique_ptr<Provider> Connect(const std::string& endpoint,
                                  remote::RemoteOptions options) {
  options.endpoint = endpoint;
  auto provider = remote::MakeRemoteProvider(std::move(options));
  EXPECT_TRUE(provider.ok()) << provider.status();
  return *std::move(provider);
}

}  // namespace duroxide::e2e
