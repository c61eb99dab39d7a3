// A checkout works wherever it lies: no file names a place of one machine.

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <string_view>

#include "tests/project/source_tree.h"

namespace duroxide::project {
namespace {

// The first place of one machine that the text names; empty where it names
// none. Homes and work folders are such places; /tmp, /dev and /usr are not.
std::string MachinePathIn(std::string_view text) {
  static const std::regex kPath(
      R"re((?:^|[\s"'`=:(>])(/(?:home|root|Users|work|mnt)/[\w.-]+))re");
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_search(text.begin(), text.end(), match, kPath)) return "";
  return match[1];
}

TEST(MachinePaths, NoFileNamesOne) {
  ForEachFile([](const std::string& path, std::string_view text) {
    EXPECT_EQ(MachinePathIn(text), "") << path;
  });
}

TEST(MachinePaths, AreFound) {
  // Put together here, so that this file names none.
  const std::string place = std::string("/ho") + "me/ada";
  EXPECT_EQ(MachinePathIn("cd " + place), place);
  EXPECT_EQ(MachinePathIn("DIR=" + place + "/x"), place);
  EXPECT_EQ(MachinePathIn("include \"" + place + "\""), place);
}

TEST(MachinePaths, OtherPathsAreNone) {
  EXPECT_EQ(MachinePathIn("tests/work/queue.cc and ./root/x"), "");
  EXPECT_EQ(MachinePathIn("unix:/tmp/provider.sock"), "");
}

}  // namespace
}  // namespace duroxide::project
