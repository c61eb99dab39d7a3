#ifndef DUROXIDE_CONFORMANCE_MATCHERS_H_
#define DUROXIDE_CONFORMANCE_MATCHERS_H_

// What validation cases expect, for Judge::Expect, besides GoogleMock's own
// matchers. Messages are compared field by field, presence included.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/interval.h"
#include "gmock/gmock-matchers.h"       // IWYU pragma: export
#include "gmock/gmock-more-matchers.h"  // IWYU pragma: export
#include "providers/provider.h"

namespace duroxide::conformance {

// A fetch that gave nothing: std::nullopt of any kind of item.
MATCHER(NoItem, negation ? "an item" : "no item") { return !arg.has_value(); }

// A LockedItem of this instance.
MATCHER_P(IsItemOf, instance,
          (negation ? "no item of " : "an item of ") + std::string(instance)) {
  return arg.item().instance() == instance;
}

// A LockedItem or LockedWork that was given out only when an earlier lock or
// delay on the same thing may have been over.
MATCHER_P(NotTakenDuring, earlier,
          negation ? "an item taken while the earlier lock or delay lasted"
                   : "an item taken after the earlier lock or delay") {
  const auto early = earlier.surely_until() - arg.held.received;
  if (early <= early.zero()) return true;
  *result_listener << "taken too early by at least "
                   << absl::FormatDuration(absl::FromChrono(early));
  return false;
}

using MessageMatcher = ::testing::Matcher<const google::protobuf::Message&>;
using MessageListMatcher =
    decltype(::testing::ElementsAreArray(std::vector<MessageMatcher>()));

// A message equal to `expected`. Explains which fields differ.
MessageMatcher IsMessage(const google::protobuf::Message& expected);

// A list of exactly these messages of a queue, in this order.
MessageListMatcher AreMessages(const std::vector<v1::WorkItem>& expected);

// A list of exactly these events, in this order, all of this instance and
// execution; so the events need no owner of their own.
MessageListMatcher AreEvents(std::string_view instance, uint64_t execution_id,
                             const std::vector<v1::Event>& expected);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_MATCHERS_H_
