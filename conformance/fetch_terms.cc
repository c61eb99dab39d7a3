#include "conformance/fetch_terms.h"

#include "conformance/durations.h"

namespace duroxide::conformance {
namespace {

v1::TagFilter FilterOf(v1::TagFilter::Mode mode,
                       const std::vector<std::string>& tags = {}) {
  v1::TagFilter filter;
  filter.set_mode(mode);
  filter.mutable_tags()->Add(tags.begin(), tags.end());
  return filter;
}

}  // namespace

v1::SemanticVersion Version(uint64_t major, uint64_t minor, uint64_t patch) {
  v1::SemanticVersion version;
  version.set_major(major);
  version.set_minor(minor);
  version.set_patch(patch);
  return version;
}

v1::SemanticVersionRange VersionRange(const v1::SemanticVersion& min,
                                      const v1::SemanticVersion& max) {
  v1::SemanticVersionRange range;
  *range.mutable_min() = min;
  *range.mutable_max() = max;
  return range;
}

v1::CapabilityFilter Supports(
    const std::vector<v1::SemanticVersionRange>& ranges) {
  v1::CapabilityFilter filter;
  filter.mutable_supported_versions()->Add(ranges.begin(), ranges.end());
  return filter;
}

v1::CapabilityFilter SupportsMajor(uint64_t major) {
  // No case pins a version whose numbers are larger.
  constexpr uint64_t kLargest = 1'000'000;
  return Supports(
      {VersionRange(Version(major, 0, 0), Version(major, kLargest, kLargest))});
}

v1::TagFilter DefaultOnly() {
  return FilterOf(v1::TagFilter::MODE_DEFAULT_ONLY);
}

v1::TagFilter Tags(const std::vector<std::string>& tags) {
  return FilterOf(v1::TagFilter::MODE_TAGS, tags);
}

v1::TagFilter DefaultAnd(const std::vector<std::string>& tags) {
  return FilterOf(v1::TagFilter::MODE_DEFAULT_AND, tags);
}

v1::TagFilter AnyTag() { return FilterOf(v1::TagFilter::MODE_ANY); }

v1::TagFilter NoActivity() { return FilterOf(v1::TagFilter::MODE_NONE); }

v1::SessionFetchConfig SessionsOf(std::string_view owner_id,
                                  absl::Duration lock_timeout) {
  v1::SessionFetchConfig config;
  config.set_owner_id(std::string(owner_id));
  *config.mutable_lock_timeout() = ToProto(lock_timeout);
  return config;
}

}  // namespace duroxide::conformance
