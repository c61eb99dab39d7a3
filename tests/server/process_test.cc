// The real duroxide-provider, as a process.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "providers/await.h"
#include "providers/errors.h"
#include "providers/remote/remote_provider.h"
#include "tests/support/child_process.h"
#include "tests/support/http_get.h"
#include "tests/support/temp_dir.h"

namespace duroxide::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing_support::ChildProcess;
using testing_support::HttpGet;
using testing_support::TempDir;

constexpr const char* kProgram = DUROXIDE_PROVIDER_PROGRAM;

// A program that serves, and a client of it.
class Served {
 public:
  explicit Served(std::vector<std::string> arguments)
      : process_(kProgram, arguments) {
    start_line_ = process_.WaitForOutput("serving ");
    EXPECT_NE(start_line_, "") << process_.error();
    std::istringstream words(start_line_);
    std::vector<std::string> split{std::istream_iterator<std::string>(words),
                                   {}};
    if (split.size() < 5) return;
    endpoint_ = split[4];
    if (endpoint_.ends_with(',')) endpoint_.pop_back();
    if (const size_t scheme = start_line_.find(kScheme);
        scheme != std::string::npos) {
      metrics_address_ = start_line_.substr(scheme + kScheme.size());
      metrics_address_.resize(metrics_address_.find('/'));
    }
    remote_ = *remote::MakeRemoteProvider({.endpoint = endpoint_});
  }

  ChildProcess& process() { return process_; }
  Provider& remote() { return *remote_; }
  const std::string& endpoint() const { return endpoint_; }
  const std::string& start_line() const { return start_line_; }
  const std::string& metrics_address() const { return metrics_address_; }
  int metrics_port() const {
    return std::stoi(metrics_address_.substr(metrics_address_.find(':') + 1));
  }

  // Blocks until /metrics has a line that holds `text`.
  void WaitForMetric(const std::string& text) const {
    while (HttpGet(metrics_port(), "/metrics").find(text + "\n") ==
           std::string::npos) {
      std::this_thread::yield();
    }
  }

 private:
  static constexpr std::string_view kScheme = "http://";

  ChildProcess process_;
  std::string start_line_;
  std::string endpoint_;
  std::string metrics_address_;
  std::unique_ptr<Provider> remote_;
};

const std::vector<std::string> kInMemory = {"--database=:memory:",
                                            "--listen=127.0.0.1:0"};

const std::vector<std::string> kWithMetrics = {
    "--database=:memory:", "--listen=127.0.0.1:0",
    "--metrics-listen=127.0.0.1:0"};

std::vector<std::string> InMemory(const std::vector<std::string>& more) {
  std::vector<std::string> all = kInMemory;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

v1::FetchWorkItemsRequest LongFetch() {
  v1::FetchWorkItemsRequest request;
  request.mutable_lock_timeout()->set_seconds(30);
  request.mutable_poll_timeout()->set_seconds(60);
  return request;
}

v1::EnqueueWorkItemRequest Activity(const std::string& instance) {
  v1::EnqueueWorkItemRequest request;
  auto* item = request.mutable_item()->mutable_activity_execute();
  item->set_instance(instance);
  item->set_execution_id(1);
  item->set_id(1);
  item->set_name("Charge");
  return request;
}

// Ends with exit code 2 and one line on stderr.
struct BadUse {
  std::vector<std::string> arguments;
  std::string error;
};

// What ctest names the test by.
void PrintTo(const BadUse& use, std::ostream* out) {
  if (use.arguments.empty()) *out << "no flags";
  for (const std::string& argument : use.arguments) *out << argument << " ";
}

class BadUseTest : public testing::TestWithParam<BadUse> {};

TEST_P(BadUseTest, EndsWithOneClearLine) {
  ChildProcess process(kProgram, GetParam().arguments);
  EXPECT_EQ(process.Wait(), 2);
  EXPECT_THAT(process.error(), AllOf(StartsWith("duroxide-provider: "),
                                     HasSubstr(GetParam().error)));
  EXPECT_EQ(std::ranges::count(process.error(), '\n'), 1) << process.error();
  EXPECT_THAT(process.output(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadUseTest,
    testing::Values(BadUse{{}, "--database"},
                    BadUse{{"--database=:memory:", "--bogus"}, "--bogus"},
                    BadUse{{"--database=:memory:", "--provider=oracle"},
                           "--provider"},
                    BadUse{{"--database=:memory:", "--listen=50051"},
                           "--listen: \"50051\""},
                    BadUse{{"--database=:memory:", "--listen=127.0.0.1:0",
                            "--metrics-listen=unix:x"},
                           "--metrics-listen"},
                    BadUse{{"--database=:memory:", "--max-message-bytes=0"},
                           "--max-message-bytes"},
                    BadUse{{"--database=:memory:", "--log-format=xml"},
                           "--log-format: xml"},
                    BadUse{{"--database=:memory:", "--log-level=loud"},
                           "--log-level: loud"},
                    BadUse{{"--database=:memory:", "--shutdown-grace=soon"},
                           "--shutdown-grace"},
                    BadUse{{"--database=/dev/null/x", "--listen=127.0.0.1:0"},
                           "--database: "}));

TEST(ProcessTest, HelpAndVersionAreNoErrors) {
  ChildProcess help(kProgram, {"--help"});
  EXPECT_EQ(help.Wait(), 0);
  for (const char* flag :
       {"--provider", "--database", "--listen", "--metrics-listen",
        "--enable-test-service", "--max-message-bytes", "--log-format",
        "--log-level", "--shutdown-grace", "--version"}) {
    EXPECT_THAT(help.output(), HasSubstr(flag));
  }
  ChildProcess version(kProgram, {"--version"});
  EXPECT_EQ(version.Wait(), 0);
  EXPECT_THAT(version.output(), StartsWith("duroxide-provider "));
}

TEST(ProcessTest, SaysWhereItServes) {
  Served served(kInMemory);
  EXPECT_THAT(served.start_line(), StartsWith("serving sqlite :memory: on "));
  EXPECT_TRUE(Await(served.remote(), &Provider::GetProviderInfo,
                    v1::GetProviderInfoRequest())
                  .ok());
}

TEST(ProcessTest, ServesAUnixSocketAndLeavesNone) {
  const TempDir dir;
  Served served({"--database=:memory:", "--listen=unix:" + dir.File("s")});
  EXPECT_EQ(served.endpoint(), "unix:" + dir.File("s"));
  EXPECT_TRUE(Await(served.remote(), &Provider::GetProviderInfo,
                    v1::GetProviderInfoRequest())
                  .ok());
  served.process().Signal(SIGTERM);
  EXPECT_EQ(served.process().Wait(), 0);
  EXPECT_FALSE(std::filesystem::exists(dir.File("s")));
}

TEST(ProcessTest, AKilledServersSocketIsReplaced) {
  const TempDir dir;
  const std::vector<std::string> arguments = {"--database=" + dir.File("db"),
                                              "--listen=unix:" + dir.File("s")};
  {
    Served first(arguments);
    first.process().Signal(SIGKILL);
    first.process().Wait();
  }
  Served second(arguments);
  EXPECT_TRUE(Await(second.remote(), &Provider::GetProviderInfo,
                    v1::GetProviderInfoRequest())
                  .ok());
}

TEST(ProcessTest, AnAddressInUseIsNamed) {
  const TempDir dir;
  Served tcp(kWithMetrics);
  Served socket({"--database=:memory:", "--listen=unix:" + dir.File("s")});
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{
           {"--database=:memory:", "--listen=" + tcp.endpoint()},
           {"--database=:memory:", "--listen=" + socket.endpoint()},
           InMemory({"--metrics-listen=" + tcp.metrics_address()})}) {
    ChildProcess second(kProgram, arguments);
    EXPECT_EQ(second.Wait(), 2);
    EXPECT_THAT(second.error(), HasSubstr("in use"));
    EXPECT_EQ(std::ranges::count(second.error(), '\n'), 1) << second.error();
  }
}

TEST(ProcessTest, AFileThatIsNoDatabaseIsRefusedAndNotTouched) {
  const TempDir dir;
  const std::string text(10'000, 'x');
  std::ofstream(dir.File("letter")) << text;
  ChildProcess process(
      kProgram, {"--database=" + dir.File("letter"), "--listen=127.0.0.1:0"});
  EXPECT_EQ(process.Wait(), 2);
  EXPECT_THAT(process.error(), HasSubstr(dir.File("letter")));
  std::ostringstream now;
  now << std::ifstream(dir.File("letter")).rdbuf();
  EXPECT_EQ(now.str(), text);
}

TEST(ProcessTest, SigtermEndsWaitingFetchesAndThenTheProgram) {
  Served served(kWithMetrics);
  auto fetch = std::async(std::launch::async, [&] {
    return Await(served.remote(), &Provider::FetchWorkItems, LongFetch());
  });
  served.WaitForMetric("long_polls_waiting{queue=\"worker\"} 1");
  served.process().Signal(SIGTERM);
  const auto response = fetch.get();
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->items(), SizeIs(0));
  EXPECT_EQ(served.process().Wait(), 0);
}

TEST(ProcessTest, SigintEndsItToo) {
  Served served(kWithMetrics);
  served.process().Signal(SIGINT);
  EXPECT_EQ(served.process().Wait(), 0);
}

// Another program that writes to a server's database, so that the server's own
// writes have to wait.
class OtherWriter {
 public:
  explicit OtherWriter(const std::string& file) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &database_), SQLITE_OK);
    Run("BEGIN IMMEDIATE");
  }
  OtherWriter(const OtherWriter&) = delete;
  OtherWriter& operator=(const OtherWriter&) = delete;
  ~OtherWriter() { sqlite3_close(database_); }

  void Finish() { Run("COMMIT"); }

 private:
  void Run(const char* sql) {
    EXPECT_EQ(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr),
              SQLITE_OK);
  }

  sqlite3* database_ = nullptr;
};

class AcceptedCallTest : public testing::Test {
 protected:
  AcceptedCallTest() {
    call_ = std::async(std::launch::async, [&] {
      return Await(served_.remote(), &Provider::EnqueueWorkItem, Activity("i"))
          .status();
    });
    served_.WaitForMetric(
        R"(started_total{grpc_method="EnqueueWorkItem",)"
        R"(grpc_service="duroxide.provider.v1.ProviderService",)"
        R"(grpc_type="unary"} 1)");
    served_.process().Signal(SIGTERM);
    EXPECT_NE(served_.process().WaitForError("shutting down"), "");
  }

  const TempDir dir_;
  Served served_{{"--database=" + dir_.File("db"), "--listen=127.0.0.1:0",
                  "--metrics-listen=127.0.0.1:0"}};
  OtherWriter writer_{dir_.File("db")};
  std::future<absl::Status> call_;
};

TEST_F(AcceptedCallTest, FinishesBeforeTheProgramEnds) {
  writer_.Finish();
  EXPECT_TRUE(call_.get().ok());
  EXPECT_EQ(served_.process().Wait(), 0);
}

TEST_F(AcceptedCallTest, IsLeftAloneByASecondSignal) {
  served_.process().Signal(SIGTERM);
  EXPECT_EQ(served_.process().Wait(), 128 + SIGTERM);
  EXPECT_EQ(call_.get().code(), absl::StatusCode::kUnavailable);
}

// The threads of a process, without those of the metrics endpoint, which this
// test alone needs.
int ThreadsThatServe(pid_t pid) {
  int threads = 0;
  for (const auto& thread : std::filesystem::directory_iterator(
           "/proc/" + std::to_string(pid) + "/task")) {
    std::string name;
    std::getline(std::ifstream(thread.path() / "comm"), name);
    if (!name.starts_with("civetweb")) ++threads;
  }
  return threads;
}

TEST(ProcessTest, AThousandWaitingFetchesHoldFewThreads) {
  constexpr int kFetches = 1000;
  Served served(kWithMetrics);
  std::vector<v1::FetchWorkItemsResponse> responses(kFetches);
  const v1::FetchWorkItemsRequest request = LongFetch();
  std::mutex mutex;
  std::condition_variable changed;
  int ended = 0;
  for (auto& response : responses) {
    served.remote().FetchWorkItems({}, &request, &response,
                                   [&](absl::Status status) {
                                     EXPECT_TRUE(status.ok()) << status;
                                     const std::lock_guard lock(mutex);
                                     ++ended;
                                     changed.notify_all();
                                   });
  }
  served.WaitForMetric("long_polls_waiting{queue=\"worker\"} 1000");
  // gRPC starts a thread now and then that soon ends again.
  while (ThreadsThatServe(served.process().pid()) > 16) {
    std::this_thread::yield();
  }

  ASSERT_TRUE(
      Await(served.remote(), &Provider::EnqueueWorkItem, Activity("i")).ok());
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return ended == 1; });
  served.process().Signal(SIGTERM);
  changed.wait(lock, [&] { return ended == kFetches; });
  int items = 0;
  for (const auto& response : responses) items += response.items_size();
  EXPECT_EQ(items, 1);
}

TEST(ProcessTest, LogsEveryCallAtDebugAndTroubleAsErrors) {
  Served served(InMemory(
      {"--log-format=json", "--log-level=debug", "--enable-test-service"}));
  Provider& remote = served.remote();
  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  auto* event = append.add_events();
  event->set_event_id(1);
  event->set_instance_id("order-1");
  event->mutable_orchestration_started()->set_name("o");
  ASSERT_TRUE(Await(remote, &Provider::AppendHistory, append).ok());
  testing_v1::CorruptInstanceHistoryRequest corrupt;
  corrupt.set_instance("order-1");
  const auto corrupted =
      Await(remote, &Provider::CorruptInstanceHistory, corrupt);
  v1::ReadHistoryRequest read;
  read.set_instance("order-1");
  EXPECT_EQ(ReasonOf(Await(remote, &Provider::ReadHistory, read).status()),
            v1::ERROR_REASON_HISTORY_CORRUPT)
      << corrupted.status();
  served.process().Signal(SIGTERM);
  ASSERT_EQ(served.process().Wait(), 0);

  std::map<std::string, nlohmann::json> calls;
  std::istringstream lines(served.process().error());
  for (std::string line; std::getline(lines, line);) {
    const nlohmann::json parsed = nlohmann::json::parse(line);
    if (parsed.at("message") == "call") calls[parsed.at("method")] = parsed;
  }
  ASSERT_TRUE(calls.contains("AppendHistory"));
  EXPECT_EQ(calls["AppendHistory"].at("level"), "debug");
  EXPECT_EQ(calls["AppendHistory"].at("code"), "OK");
  ASSERT_TRUE(calls.contains("ReadHistory"));
  EXPECT_EQ(calls["ReadHistory"].at("level"), "error");
  EXPECT_EQ(calls["ReadHistory"].at("reason"), "HISTORY_CORRUPT");
  EXPECT_EQ(calls["ReadHistory"].at("store"), "");
  EXPECT_EQ(calls["ReadHistory"].at("instance"), "order-1");
}

TEST(ProcessTest, MetricsTellOfCallsAndOfTheEngine) {
  Served served(kWithMetrics);
  ASSERT_TRUE(
      Await(served.remote(), &Provider::EnqueueWorkItem, Activity("i")).ok());
  const std::string text = HttpGet(served.metrics_port(), "/metrics");
  for (const char* metric :
       {"grpc_server_started_total{", "grpc_server_handled_total{",
        "grpc_server_handling_seconds_bucket{",
        "duroxide_provider_commit_batch_size_count 1",
        "duroxide_provider_commit_seconds_count 1",
        "duroxide_provider_long_polls_waiting{queue=\"worker\"} 0",
        "duroxide_provider_lock_expiries_total{queue=\"worker\"} 0",
        "duroxide_provider_queue_depth{queue=\"worker\"} 1",
        "duroxide_provider_queue_depth{queue=\"orchestrator\"} 0",
        "duroxide_provider_build_info{engine=\"sqlite\""}) {
    EXPECT_THAT(text, HasSubstr(metric));
  }
}

}  // namespace
}  // namespace duroxide::server
