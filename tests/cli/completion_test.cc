#include "cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/printer.h"

namespace duroxide::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(CompletionTest, BashKnowsCommandsFlagsWordsAndPaths) {
  const std::string script = CompletionScript(Printer(), Shell::kBash);
  EXPECT_THAT(script, HasSubstr("*) words='check list -h --help --color "
                                "--file' ;;"));
  EXPECT_THAT(script, HasSubstr("check) words='--color --file' ;;"));
  EXPECT_THAT(script, HasSubstr("list) words='' ;;"));
  EXPECT_THAT(script, HasSubstr("':--color') mapfile -t COMPREPLY < <(compgen "
                                "-W 'red green'"));
  EXPECT_THAT(script, HasSubstr("':--file') mapfile -t COMPREPLY < <(compgen "
                                "-f"));
  EXPECT_THAT(script, HasSubstr("'check:--color')"));
  EXPECT_THAT(script, Not(HasSubstr("'list:--color')")));
}

TEST(CompletionTest, ZshGetsTextsQuoted) {
  const std::string script = CompletionScript(Printer(), Shell::kZsh);
  EXPECT_THAT(script, HasSubstr("#compdef print-it\n"));
  EXPECT_THAT(script,
              HasSubstr(R"('*--color=[It'\''s a \[color\]\: "red" or \\green])"
                        R"(:value:(red green)')"));
  EXPECT_THAT(script, HasSubstr("'*--file=[What to print]:value:_files'"));
}

TEST(CompletionTest, FishGetsTextsQuoted) {
  const std::string script = CompletionScript(Printer(), Shell::kFish);
  EXPECT_THAT(
      script,
      HasSubstr(R"(-l color -x -a 'red green' -d 'It\'s a [color]: "red" or )"
                R"(\\green')"));
  EXPECT_THAT(script, HasSubstr("-l file -r -F -d 'What to print'"));
  EXPECT_THAT(script, HasSubstr("'__fish_seen_subcommand_from check' -l file"));
}

}  // namespace
}  // namespace duroxide::cli
