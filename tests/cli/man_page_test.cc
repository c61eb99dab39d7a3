#include "cli/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/printer.h"

namespace duroxide::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(ManPageTest, HasAllThatHelpHas) {
  const std::string page = ManPage(Printer(), "1.2.3");
  EXPECT_THAT(page, StartsWith(".TH \"PRINT\\-IT\" 1 \"\" "
                               "\"print\\-it 1.2.3\" \"User Commands\"\n"));
  EXPECT_THAT(page,
              HasSubstr(".SH NAME\nprint\\-it \\- Prints what it's told"));
  EXPECT_THAT(page, HasSubstr("\\fB\\-h\\fR, \\fB\\-\\-help\\fR\nTells this."));
  EXPECT_THAT(page, HasSubstr("\\fB\\-\\-color\\fR \\fIred|green\\fR\n"));
  EXPECT_THAT(page, HasSubstr("Environment: \\fBPRINT_COLOR\\fR."));
  EXPECT_THAT(page, HasSubstr(".SS \"check\"\nChecks it."));
}

TEST(ManPageTest, NothingIsTakenForARequest) {
  const std::string page = ManPage(Printer(), "1.2.3");
  EXPECT_THAT(page, HasSubstr("\\egreen"));
  EXPECT_THAT(page, HasSubstr("\n\\&.  'odd'"));
}

TEST(DescribeTest, ReadsTheParser) {
  CLI::App app("Prints", "print-it");
  std::string text;
  app.add_option("-c,--color", text, "How")->option_text("red|green=red");
  app.add_option("--file", text, "What")->type_name("FILE")->envname("FILE");
  app.add_option("--secret", text, "")->group("");
  app.add_subcommand("check", "Checks it")->fallthrough()->footer("It ends.");
  const DescribedCommand described = Describe(app);
  EXPECT_EQ(described.name, "print-it");
  ASSERT_EQ(described.groups.size(), 1u);
  ASSERT_EQ(described.groups[0].options.size(), 3u);  // --help comes first
  const DescribedOption& color = described.groups[0].options[1];
  EXPECT_THAT(color.names, testing::ElementsAre("-c", "--color"));
  EXPECT_THAT(color.choices, testing::ElementsAre("red", "green"));
  EXPECT_FALSE(color.is_path);
  const DescribedOption& file = described.groups[0].options[2];
  EXPECT_TRUE(file.is_path);
  EXPECT_EQ(file.variable, "FILE");
  EXPECT_EQ(file.help, "What");
  ASSERT_EQ(described.commands.size(), 1u);
  EXPECT_TRUE(described.commands[0].takes_options_of_program);
  EXPECT_EQ(described.commands[0].footer, "It ends.");
}

}  // namespace
}  // namespace duroxide::cli
