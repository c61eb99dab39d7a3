#ifndef DUROXIDE_CONFORMANCE_FETCH_TERMS_H_
#define DUROXIDE_CONFORMANCE_FETCH_TERMS_H_

// The terms on which a fetch takes work: versions, tags, sessions. For
// FetchOptions and WorkFetchOptions of fixture.h. All functions are pure.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// FETCH-7.

v1::SemanticVersion Version(uint64_t major, uint64_t minor, uint64_t patch);

v1::SemanticVersionRange VersionRange(const v1::SemanticVersion& min,
                                      const v1::SemanticVersion& max);

// Takes what is pinned to a version within the first of `ranges`; with no range
// it takes nothing.
v1::CapabilityFilter Supports(
    const std::vector<v1::SemanticVersionRange>& ranges);

// Takes what is pinned to a version of this major number.
v1::CapabilityFilter SupportsMajor(uint64_t major);

// TAG-1.

// Untagged activities only, in so many words.
v1::TagFilter DefaultOnly();
// Activities with one of `tags`.
v1::TagFilter Tags(const std::vector<std::string>& tags);
// Untagged activities and those with one of `tags`.
v1::TagFilter DefaultAnd(const std::vector<std::string>& tags);
v1::TagFilter AnyTag();
v1::TagFilter NoActivity();

// SESS-1.

// The caller is `owner_id` and holds each session that it gets an activity of
// for `lock_timeout`.
v1::SessionFetchConfig SessionsOf(std::string_view owner_id,
                                  absl::Duration lock_timeout);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FETCH_TERMS_H_
