// The replay, told by histories: tests/golden/replay/*.txtpb. Each file is the
// life of an instance, with what every turn has to commit.
//
// With DUROXIDE_UPDATE_GOLDEN=1 in the environment what comes is written into
// the files. Read the difference before you believe it.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/runtime/replay/story.h"

namespace duroxide::runtime {
namespace {

std::vector<std::string> Stories() {
  std::vector<std::string> names;
  for (const auto& entry :
       std::filesystem::directory_iterator(DUROXIDE_GOLDEN_DIR)) {
    if (entry.path().extension() == ".txtpb") {
      names.push_back(entry.path().stem().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ReplayGoldenTest : public ::testing::TestWithParam<std::string> {};

TEST_P(ReplayGoldenTest, IsToldAgain) {
  const std::filesystem::path path =
      std::filesystem::path(DUROXIDE_GOLDEN_DIR) / (GetParam() + ".txtpb");
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  testing::Story story;
  ASSERT_TRUE(
      google::protobuf::TextFormat::ParseFromString(text.str(), &story));
  ASSERT_FALSE(story.shows().empty());
  ASSERT_FALSE(story.turns().empty());

  const Retold retold = Retell(story);
  EXPECT_THAT(retold.differences, ::testing::IsEmpty());
  if (std::getenv("DUROXIDE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << ToText(retold.story);
    return;
  }
  EXPECT_EQ(ToText(retold.story), ToText(story));
}

INSTANTIATE_TEST_SUITE_P(All, ReplayGoldenTest, ::testing::ValuesIn(Stories()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace duroxide::runtime
