#include "conformance/fetch_terms.h"

#include <string>
#include <vector>

#include "conformance/durations.h"
#include "conformance/matchers.h"
#include "gmock/gmock.h"
#include "providers/validation.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::Status ValidateVersions(const v1::CapabilityFilter& filter) {
  v1::FetchOrchestrationItemsRequest request;
  *request.mutable_lock_timeout() = ToProto(absl::Seconds(1));
  *request.mutable_filter() = filter;
  return Validate(request);
}

absl::Status ValidateWork(const v1::TagFilter& filter) {
  v1::FetchWorkItemsRequest request;
  *request.mutable_lock_timeout() = ToProto(absl::Seconds(1));
  *request.mutable_tag_filter() = filter;
  return Validate(request);
}

TEST(FetchTermsTest, AFilterOfVersionsHasItsRangesInOrder) {
  const v1::SemanticVersionRange one =
      VersionRange(Version(1, 2, 3), Version(4, 5, 6));
  const v1::SemanticVersionRange other =
      VersionRange(Version(0, 0, 0), Version(0, 0, 0));
  const v1::CapabilityFilter filter = Supports({one, other});
  EXPECT_TRUE(ValidateVersions(filter).ok()) << ValidateVersions(filter);
  EXPECT_THAT(filter.supported_versions(),
              ElementsAre(IsMessage(one), IsMessage(other)));
  EXPECT_EQ(one.min().major(), 1u);
  EXPECT_EQ(one.min().minor(), 2u);
  EXPECT_EQ(one.min().patch(), 3u);
  EXPECT_EQ(one.max().major(), 4u);
}

TEST(FetchTermsTest, NoRangeIsAFilterAllTheSame) {
  v1::FetchOrchestrationItemsRequest request;
  *request.mutable_filter() = Supports({});
  EXPECT_TRUE(request.has_filter());
  EXPECT_THAT(request.filter().supported_versions(), IsEmpty());
}

TEST(FetchTermsTest, AMajorNumberBeginsWithItsFirstVersion) {
  const v1::CapabilityFilter filter = SupportsMajor(2);
  ASSERT_EQ(filter.supported_versions_size(), 1);
  EXPECT_THAT(filter.supported_versions(0).min(), IsMessage(Version(2, 0, 0)));
  EXPECT_EQ(filter.supported_versions(0).max().major(), 2u);
  EXPECT_GT(filter.supported_versions(0).max().patch(), 10'000u);
}

TEST(FetchTermsTest, EveryTagFilterIsValidAndOfAModeOfItsOwn) {
  const std::vector<std::string> tags = {"a", "b"};
  const std::vector<v1::TagFilter> filters = {
      DefaultOnly(), Tags(tags), DefaultAnd(tags), AnyTag(), NoActivity()};
  std::vector<v1::TagFilter::Mode> modes;
  for (const v1::TagFilter& filter : filters) {
    EXPECT_TRUE(ValidateWork(filter).ok()) << ValidateWork(filter);
    modes.push_back(filter.mode());
  }
  EXPECT_THAT(
      modes,
      ElementsAre(v1::TagFilter::MODE_DEFAULT_ONLY, v1::TagFilter::MODE_TAGS,
                  v1::TagFilter::MODE_DEFAULT_AND, v1::TagFilter::MODE_ANY,
                  v1::TagFilter::MODE_NONE));
  EXPECT_THAT(Tags(tags).tags(), ElementsAre("a", "b"));
  EXPECT_THAT(DefaultAnd(tags).tags(), ElementsAre("a", "b"));
}

TEST(FetchTermsTest, ASessionConfigurationNamesOwnerAndTime) {
  const v1::SessionFetchConfig config =
      SessionsOf("worker-a", absl::Milliseconds(1500));
  EXPECT_EQ(config.owner_id(), "worker-a");
  EXPECT_EQ(FromProto(config.lock_timeout()), absl::Milliseconds(1500));
}

}  // namespace
}  // namespace duroxide::conformance
