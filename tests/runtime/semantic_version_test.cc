#include "runtime/semantic_version.h"

#include <gtest/gtest.h>

namespace duroxide::runtime {
namespace {

TEST(SemanticVersionTest, ReadsWhatItWrites) {
  const auto version = SemanticVersion::Parse("1.20.300");
  ASSERT_TRUE(version);
  EXPECT_EQ(*version, (SemanticVersion{1, 20, 300}));
  EXPECT_EQ(version->ToString(), "1.20.300");
  EXPECT_EQ(FromProto(ToProto(*version)), *version);
}

TEST(SemanticVersionTest, TakesTheLargestNumbers) {
  const auto version = SemanticVersion::Parse("0.0.18446744073709551615");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->patch, UINT64_MAX);
}

class NoVersionTest : public testing::TestWithParam<const char*> {};

TEST_P(NoVersionTest, IsRefused) {
  EXPECT_FALSE(SemanticVersion::Parse(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, NoVersionTest,
                         testing::Values("", "1", "1.2", "1.2.3.4", "1.2.3 ",
                                         " 1.2.3", "v1.2.3", "1.-2.3", "01.2.3",
                                         "1.2.3-beta", "1..3", "1.2.",
                                         "0.0.18446744073709551616"));

TEST(SemanticVersionTest, IsOrderedByItsNumbers) {
  EXPECT_LT((SemanticVersion{1, 9, 0}), (SemanticVersion{1, 10, 0}));
  EXPECT_LT((SemanticVersion{1, 0, 1000}), (SemanticVersion{1, 1, 0}));
}

TEST(SemanticVersionRangeTest, HoldsBothItsEnds) {
  const SemanticVersionRange range{.min = {1, 0, 0}, .max = {2, 0, 0}};
  EXPECT_TRUE(range.Contains({1, 0, 0}));
  EXPECT_TRUE(range.Contains({2, 0, 0}));
  EXPECT_FALSE(range.Contains({0, 9, 9}));
  EXPECT_FALSE(range.Contains({2, 0, 1}));
}

}  // namespace
}  // namespace duroxide::runtime
