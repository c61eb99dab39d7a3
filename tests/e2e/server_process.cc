#include "tests/e2e/server_process.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/support/http_get.h"

namespace duroxide::e2e {
namespace {

// How often to look at a number that nobody tells changes of.
constexpr std::chrono::milliseconds kLookAgain(1);

std::vector<std::string> ArgumentsOf(const std::string& database,
                                     const std::string& listen,
                                     const std::vector<std::string>& flags) {
  std::vector<std::string> arguments = {
      "--database=" + database, "--listen=" + listen,
      std::string("--metrics-listen=") + kAnyPort};
  arguments.insert(arguments.end(), flags.begin(), flags.end());
  return arguments;
}

}  // namespace

ServerProcess::ServerProcess(const std::string& database,
                             const std::string& listen,
                             const std::vector<std::string>& flags)
    : process_(DUROXIDE_PROVIDER_PROGRAM,
               ArgumentsOf(database, listen, flags)) {}

ServerProcess::~ServerProcess() {
  process_.Signal(SIGKILL);
  process_.Wait();
  const std::string log = process_.error();
  EXPECT_EQ(log.find("Sanitizer"), std::string::npos);
  if (testing::Test::HasFailure()) {
    std::cerr << "---- what server " << process_.pid() << " wrote\n"
              << log << "----" << std::endl;
  }
}

void ServerProcess::WaitUntilServing() {
  if (!endpoint_.empty()) return;
  // serving ENGINE DATABASE on ENDPOINT, metrics on http://HOST:PORT/metrics
  const std::string line = process_.WaitForOutput("serving ");
  std::smatch match;
  static const std::regex kLine(
      R"(serving .* on (\S+), metrics on http://.*:(\d+)/metrics)");
  ASSERT_TRUE(std::regex_match(line, match, kLine))
      << "the server does not serve, but says: " << line << process_.error();
  endpoint_ = match[1];
  metrics_port_ = std::stoi(match[2]);
}

const std::string& ServerProcess::endpoint() {
  WaitUntilServing();
  return endpoint_;
}

std::optional<double> ServerProcess::Metric(std::string_view series) {
  WaitUntilServing();
  const std::string start = absl::StrCat(std::string(series), " ");
  const std::string page = testing_support::HttpGet(metrics_port_, "/metrics");
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
  int count = 0;
  for (const auto& thread : std::filesystem::directory_iterator(
           absl::StrCat("/proc/", process_.pid(), "/task"))) {
    std::string name;
    std::getline(std::ifstream(thread.path() / "comm"), name);
    if (!name.starts_with("civetweb")) ++count;
  }
  return count;
}

void ServerProcess::Kill() {
  process_.Signal(SIGKILL);
  process_.Wait();
}

std::unique_ptr<Provider> Connect(const std::string& endpoint,
                                  remote::RemoteOptions options) {
  options.endpoint = endpoint;
  auto provider = remote::MakeRemoteProvider(std::move(options));
  EXPECT_TRUE(provider.ok()) << provider.status();
  return *std::move(provider);
}

}  // namespace duroxide::e2e
