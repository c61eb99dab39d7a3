#include "runtime/trace_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "runtime/activity_context.h"
#include "tests/support/log_file.h"

namespace duroxide::runtime {
namespace {

using ::testing::EndsWith;
using testing_support::LogFile;

TEST(TraceLogTest, FieldsAreNamedInText) {
  const LogFile file;
  const auto log =
      MakeTraceLog(TraceFormat::kText, TraceLevel::kInfo, file.fd());
  log->Write({.level = TraceLevel::kWarning,
              .message = "turn failed",
              .fields = {{"instance", "order 1"}, {"execution_id", "2"}}});
  EXPECT_THAT(
      file.text(),
      EndsWith(" warning turn failed instance=\"order 1\" execution_id=2\n"));
}

TEST(TraceLogTest, FieldsAreMembersInJson) {
  const LogFile file;
  const auto log =
      MakeTraceLog(TraceFormat::kJson, TraceLevel::kDebug, file.fd());
  log->Write({.level = TraceLevel::kDebug,
              .message = "a\nb",
              .fields = {{"instance", "order-1"}}});
  const nlohmann::json line = nlohmann::json::parse(file.text());
  EXPECT_EQ(line.at("level"), "debug");
  EXPECT_EQ(line.at("message"), "a\nb");
  EXPECT_EQ(line.at("instance"), "order-1");
}

TEST(TraceLogTest, TellsWhatItWouldWrite) {
  const LogFile file;
  const auto log =
      MakeTraceLog(TraceFormat::kText, TraceLevel::kWarning, file.fd());
  EXPECT_FALSE(log->Enabled(TraceLevel::kDebug));
  EXPECT_FALSE(log->Enabled(TraceLevel::kInfo));
  EXPECT_TRUE(log->Enabled(TraceLevel::kWarning));
  EXPECT_TRUE(log->Enabled(TraceLevel::kError));
  log->Write({.level = TraceLevel::kInfo, .message = "quiet", .fields = {}});
  EXPECT_EQ(file.text(), "");
}

TEST(TraceLogTest, AnActivityTellsWhichItIs) {
  const LogFile file;
  const auto log =
      MakeTraceLog(TraceFormat::kJson, TraceLevel::kInfo, file.fd());
  const ActivityContext context({.instance = "order-1",
                                 .execution_id = 2,
                                 .activity_id = 3,
                                 .name = "Charge",
                                 .orchestration_name = "Order",
                                 .orchestration_version = "1.0.0",
                                 .attempt = 4,
                                 .session_id = "s",
                                 .tag = "gpu",
                                 .worker_id = "work-0"},
                                {}, log.get(), nullptr);
  context.Trace(TraceLevel::kError, "declined");
  nlohmann::json line = nlohmann::json::parse(file.text());
  line.erase("time");
  EXPECT_EQ(line, nlohmann::json({{"level", "error"},
                                  {"message", "declined"},
                                  {"instance", "order-1"},
                                  {"execution_id", "2"},
                                  {"orchestration", "Order"},
                                  {"version", "1.0.0"},
                                  {"activity", "Charge"},
                                  {"activity_id", "3"},
                                  {"attempt", "4"},
                                  {"worker", "work-0"},
                                  {"session", "s"},
                                  {"tag", "gpu"}}));
}

}  // namespace
}  // namespace duroxide::runtime
