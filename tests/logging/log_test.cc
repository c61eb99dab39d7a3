#include "logging/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/support/log_file.h"

namespace duroxide {
namespace {

using ::testing::EndsWith;
using ::testing::MatchesRegex;
using testing_support::LogFile;

constexpr const char* kTime =
    "[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+[.][0-9][0-9][0-9]Z";

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

TEST(LogTest, AMessageOfManyLinesIsOneLineOfText) {
  const LogFile file;
  Logger logger(LogFormat::kText, LogLevel::kInfo, file.fd());
  logger.Log(LogLevel::kInfo, "first\nsecond");
  EXPECT_THAT(file.text(), EndsWith(" info \"first\\nsecond\"\n"));
}

}  // namespace
}  // namespace duroxide
