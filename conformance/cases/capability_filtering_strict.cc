// Versions are compared number by number, however large the numbers are.

#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/pinned_steps.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    capability_filtering, versions_are_compared_number_by_number,
    .profile = Profile::kStrict, .clauses = {"FETCH-7", "ACK-6"},
    .proves =
        "A version is three numbers, compared one after the other: 1.0.1000 is "
        "lower than 1.1.0, and so is one whose minor or patch number does not "
        "fit 32 bits. No two versions count as one.",
    .procedure =
        "For pairs of a lower and a higher version, such as 1.0.1000 and "
        "1.1.0: make an instance pinned to each and enqueue a message for "
        "both. Fetch with a filter of just the higher one: that instance, then "
        "nothing. Fetch with a filter from 0.0.0 to the lower one: the other "
        "instance.",
    .likely_causes = {"The three numbers are packed into one, in thousands.",
                      "The numbers are stored in 32 bits.",
                      "Versions are compared as text."}) {
  constexpr uint64_t kOver32Bits = uint64_t{1} << 32;
  struct Pair {
    v1::SemanticVersion lower;
    v1::SemanticVersion higher;
  };
  const std::vector<Pair> pairs = {
      {Version(1, 0, 1000), Version(1, 1, 0)},
      {Version(1, 1000, 0), Version(2, 0, 0)},
      {Version(3, 0, 1000000), Version(3, 1, 0)},
      {Version(4, 9, 0), Version(4, 10, 0)},
      {Version(5, 0, kOver32Bits), Version(5, 1, 0)},
      {Version(6, kOver32Bits, 0), Version(7, 0, 0)},
      {Version(kOver32Bits, 0, 0), Version(kOver32Bits, 0, 1)}};
  for (size_t i = 0; i < pairs.size(); ++i) {
    const auto& [lower, higher] = pairs[i];
    const std::string of_lower = absl::StrCat("lower-", i);
    const std::string of_higher = absl::StrCat("higher-", i);
    CreatePinned(t, of_lower, lower);
    CreatePinned(t, of_higher, higher);
    t.Enqueue(ExternalItem(of_lower, "go"));
    t.Enqueue(ExternalItem(of_higher, "go"));

    const FetchOptions just_higher = {
        .filter = Supports({VersionRange(higher, higher)})};
    LockedItem item = t.FetchOrchestrationItem(just_higher);
    t.Expect(item, IsItemOf(of_higher), TextOf(lower), " is lower than ",
             TextOf(higher));
    t.Expect(t.TryFetchOrchestrationItem(just_higher), NoItem(), TextOf(lower),
             " is lower than ", TextOf(higher));
    t.Ack(AckBuilder(item));
    LockedItem other = t.FetchOrchestrationItem(
        {.filter = Supports({VersionRange(Version(0, 0, 0), lower)})});
    t.Expect(other, IsItemOf(of_lower));
    t.Ack(AckBuilder(other));
  }
}

}  // namespace
}  // namespace duroxide::conformance
