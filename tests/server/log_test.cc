#include "server/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "providers/errors.h"
#include "providers/provider.h"
#include "server/call_log.h"

namespace duroxide::server {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr const char* kTime =
    "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9][0-9][0-9]Z";

// A file in memory that a logger writes to.
class LogFile {
 public:
  LogFile() : fd_(memfd_create("log", MFD_CLOEXEC)) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() { close(fd_); }

  int fd() const { return fd_; }

  std::string text() const {
    std::string text(static_cast<size_t>(lseek(fd_, 0, SEEK_END)), '\0');
    EXPECT_EQ(pread(fd_, text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
    return text;
  }

 private:
  const int fd_;
};

nlohmann::json Parsed(const LogFile& file) {
  return nlohmann::json::parse(file.text());
}

TEST(LogTest, TextIsOneLineWithQuotesWhereTheyAreNeeded) {
  const LogFile file;
  Logger logger(LogFormat::kText, LogLevel::kInfo, file.fd());
  logger.Log(LogLevel::kWarning, "call",
             {{"plain", "a-b"}, {"spaced", "a \"b\"\n"}, {"n", 1.5}});
  EXPECT_THAT(file.text(),
              MatchesRegex(std::string(kTime) +
                           " warning call plain=a-b "
                           "spaced=\"a \\\\\"b\\\\\"\\\\n\" n=1.5\n"));
}

TEST(LogTest, JsonHasTimeLevelMessageAndFields) {
  const LogFile file;
  Logger logger(LogFormat::kJson, LogLevel::kInfo, file.fd());
  logger.Log(LogLevel::kError, "call", {{"store", ""}, {"seconds", 0.25}});
  const nlohmann::json line = Parsed(file);
  EXPECT_THAT(line.at("time").get<std::string>(), MatchesRegex(kTime));
  EXPECT_EQ(line.at("level"), "error");
  EXPECT_EQ(line.at("message"), "call");
  EXPECT_EQ(line.at("store"), "");
  EXPECT_EQ(line.at("seconds"), 0.25);
  EXPECT_THAT(file.text(), EndsWith("}\n"));
}

TEST(LogTest, TextThatIsNotUtf8IsReplacedAndNotRefused) {
  const LogFile file;
  Logger logger(LogFormat::kJson, LogLevel::kInfo, file.fd());
  logger.Log(LogLevel::kInfo, "m", {{"bytes", "a\xff"}});
  EXPECT_EQ(Parsed(file).at("bytes"), "a\xef\xbf\xbd");
}

TEST(LogTest, WhatIsBelowTheLeastLevelIsNotWritten) {
  const LogFile file;
  Logger logger(LogFormat::kText, LogLevel::kWarning, file.fd());
  logger.Log(LogLevel::kInfo, "quiet");
  EXPECT_EQ(file.text(), "");
  EXPECT_FALSE(logger.Enabled(LogLevel::kDebug));
  EXPECT_TRUE(logger.Enabled(LogLevel::kError));
}

class CallLogTest : public testing::Test {
 protected:
  void Handle(const google::protobuf::Message& request,
              const std::string& service, const std::string& method,
              const absl::Status& status) {
    CallLog log(logger_);
    const auto* descriptor = request.GetDescriptor()
                                 ->file()
                                 ->FindServiceByName(service)
                                 ->FindMethodByName(method);
    log.OnStarted(*descriptor);
    log.OnHandled({.method = *descriptor,
                   .request = request,
                   .status = status,
                   .elapsed = absl::Milliseconds(250)});
  }

  LogFile file_;
  Logger logger_{LogFormat::kJson, LogLevel::kDebug, file_.fd()};
};

TEST_F(CallLogTest, TellsMethodStoreInstanceCodeAndSeconds) {
  v1::ReadHistoryRequest request;
  request.set_store("s");
  request.set_instance("order-1");
  Handle(request, "ProviderService", "ReadHistory", absl::OkStatus());
  const nlohmann::json line = Parsed(file_);
  EXPECT_EQ(line.at("level"), "debug");
  EXPECT_EQ(line.at("method"), "ReadHistory");
  EXPECT_EQ(line.at("store"), "s");
  EXPECT_EQ(line.at("instance"), "order-1");
  EXPECT_EQ(line.at("code"), "OK");
  EXPECT_EQ(line.at("seconds"), 0.25);
  EXPECT_FALSE(line.contains("reason"));
}

TEST_F(CallLogTest, TroubleInTheStoreIsAnError) {
  v1::ReadHistoryRequest request;
  request.set_instance("order-1");
  Handle(request, "ProviderService", "ReadHistory",
         MakeError(v1::ERROR_REASON_HISTORY_CORRUPT, "cannot be read"));
  const nlohmann::json line = Parsed(file_);
  EXPECT_EQ(line.at("level"), "error");
  EXPECT_EQ(line.at("code"), "DATA_LOSS");
  EXPECT_EQ(line.at("reason"), "HISTORY_CORRUPT");
  EXPECT_EQ(line.at("error"), "cannot be read");
}

TEST_F(CallLogTest, ABusyStoreIsAWarning) {
  Handle(v1::ReadHistoryRequest(), "ProviderService", "ReadHistory",
         MakeError(v1::ERROR_REASON_STORE_BUSY, "busy"));
  EXPECT_EQ(Parsed(file_).at("level"), "warning");
}

TEST_F(CallLogTest, WhatACallerDoesWrongIsNoTrouble) {
  Handle(v1::AckWorkItemRequest(), "ProviderService", "AckWorkItem",
         MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  EXPECT_EQ(Parsed(file_).at("level"), "debug");
  EXPECT_FALSE(Parsed(file_).contains("instance"));
}

TEST_F(CallLogTest, FindsTheInstanceInAWorkItem) {
  v1::EnqueueOrchestratorItemRequest request;
  request.mutable_item()
      ->mutable_sub_orchestration_completed()
      ->set_parent_instance("parent");
  Handle(request, "ProviderService", "EnqueueOrchestratorItem",
         absl::OkStatus());
  EXPECT_EQ(Parsed(file_).at("instance"), "parent");
}

TEST_F(CallLogTest, FindsTheInstanceInAHistoryDelta) {
  v1::AckOrchestrationItemRequest request;
  request.add_history_delta()->set_instance_id("order-1");
  Handle(request, "ProviderService", "AckOrchestrationItem", absl::OkStatus());
  EXPECT_EQ(Parsed(file_).at("instance"), "order-1");
}

}  // namespace
}  // namespace duroxide::server
