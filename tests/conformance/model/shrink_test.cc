#include "conformance/model/shrink.h"

#include <algorithm>
#include <initializer_list>

#include "gmock/gmock.h"

namespace duroxide::conformance::model {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Tries one after the other; a sequence fails where `fails` says so.
template <typename Fails>
FindFailing FirstThat(Fails fails) {
  return [fails](const std::vector<Sequence>& candidates) {
    const auto found =
        std::find_if(candidates.begin(), candidates.end(), fails);
    return found == candidates.end()
               ? std::nullopt
               : std::optional<size_t>(
                     static_cast<size_t>(found - candidates.begin()));
  };
}

bool HasInOrder(const Sequence& sequence,
                std::initializer_list<Action> actions) {
  const auto* next = actions.begin();
  for (const Operation& operation : sequence) {
    if (next != actions.end() && operation.action == *next) ++next;
  }
  return next == actions.end();
}

TEST(ShrinkTest, LeavesTheStepsThatCount) {
  const auto fails = [](const Sequence& candidate) {
    return HasInOrder(
        candidate, {Action::kEnqueueStart, Action::kFetch, Action::kAbandon});
  };
  const Sequence all = RandomOperations(3, 100, Scope::kBothQueues);
  ASSERT_TRUE(fails(all));
  const Sequence shortest = Shrink(all, FirstThat(fails));
  EXPECT_THAT(shortest, SizeIs(3));
  EXPECT_TRUE(fails(shortest));
}

TEST(ShrinkTest, MakesPlainWhatIsLeft) {
  const auto fails = [](const Sequence& candidate) {
    return std::any_of(candidate.begin(), candidate.end(),
                       [](const Operation& operation) {
                         return operation.action == Action::kAbandon &&
                                operation.ignore_attempt;
                       });
  };
  const Operation abandon{.action = Action::kAbandon,
                          .instance = 'c',
                          .lock = 2,
                          .delayed = true,
                          .ignore_attempt = true,
                          .enqueues = true};
  const Operation wait{.action = Action::kWait};
  EXPECT_THAT(Shrink({wait, abandon, wait}, FirstThat(fails)),
              ElementsAre(Operation{.action = Action::kAbandon,
                                    .ignore_attempt = true}));
}

TEST(ShrinkTest, LeavesAllWhereNothingIsFound) {
  const Sequence all = RandomOperations(3, 50, Scope::kBothQueues);
  EXPECT_EQ(Shrink(all, [](const auto&) { return std::nullopt; }), all);
}

TEST(ShrinkTest, TriesWaitsFirst) {
  const Sequence all = {{.action = Action::kFetch}, {.action = Action::kWait}};
  std::vector<Sequence> first;
  Shrink(all, [&](const std::vector<Sequence>& candidates) {
    if (first.empty()) first = candidates;
    return std::nullopt;
  });
  EXPECT_THAT(first, ElementsAre(ElementsAre(all[0])));
}

}  // namespace
}  // namespace duroxide::conformance::model
