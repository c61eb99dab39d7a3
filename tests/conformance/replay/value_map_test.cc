#include "conformance/replay/value_map.h"

#include "duroxide/provider/v1/provider_service.pb.h"
#include "gmock/gmock.h"
#include "providers/provider.h"

namespace duroxide::conformance {
namespace {

// Some moment of 2026, and one a minute later.
constexpr uint64_t kThenMs = 1'795'000'000'000;
constexpr uint64_t kNowMs = kThenMs + 60'000;

v1::FetchWorkItemsResponse Fetched(const std::string& token,
                                   const std::string& other_token) {
  v1::FetchWorkItemsResponse response;
  response.add_items()->set_lock_token(token);
  response.add_items()->set_lock_token(other_token);
  return response;
}

TEST(ValueMapTest, PutsNewTokensIntoThePlaceOfOldOnes) {
  ValueMap values(kThenMs, kNowMs);
  values.LearnFrom(Fetched("a", "b"), Fetched("x", "y"));
  v1::AckWorkItemRequest request;
  request.set_lock_token("b");
  request.mutable_completion()->mutable_activity_completed()->set_result("b");
  values.Translate(request);
  EXPECT_EQ(request.lock_token(), "y");
  EXPECT_EQ(request.completion().activity_completed().result(), "b");
}

TEST(ValueMapTest, LeavesWhatItDoesNotKnow) {
  const ValueMap values(kThenMs, kNowMs);
  v1::AckWorkItemRequest request;
  request.set_lock_token("nobody's");
  request.set_store("");
  values.Translate(request);
  EXPECT_EQ(request.lock_token(), "nobody's");
  EXPECT_EQ(request.store(), "");
}

TEST(ValueMapTest, KnowsStoresAndPages) {
  ValueMap values(kThenMs, kNowMs);
  values.Learn("store-then", "store-now");
  v1::ListInstancesResponse then;
  then.set_next_page_token("page-then");
  v1::ListInstancesResponse now;
  now.set_next_page_token("page-now");
  values.LearnFrom(then, now);
  v1::ListInstancesRequest request;
  request.set_store("store-then");
  request.set_page_token("page-then");
  values.Translate(request);
  EXPECT_EQ(request.store(), "store-now");
  EXPECT_EQ(request.page_token(), "page-now");
}

TEST(ValueMapTest, TheFirstThingLearntHolds) {
  ValueMap values(kThenMs, kNowMs);
  values.Learn("a", "x");
  values.Learn("a", "y");
  v1::AckWorkItemRequest request;
  request.set_lock_token("a");
  values.Translate(request);
  EXPECT_EQ(request.lock_token(), "x");
}

TEST(ValueMapTest, LearnsOnlyWhereBothAnswersHaveSomething) {
  ValueMap values(kThenMs, kNowMs);
  values.LearnFrom(Fetched("a", "b"), v1::FetchWorkItemsResponse());
  v1::AckWorkItemRequest request;
  request.set_lock_token("a");
  values.Translate(request);
  EXPECT_EQ(request.lock_token(), "a");
}

TEST(ValueMapTest, MovesMomentsThatComeFromTheClock) {
  const ValueMap values(kThenMs, kNowMs);
  v1::EnqueueOrchestratorItemRequest request;
  auto& timer = *request.mutable_item()->mutable_timer_fired();
  timer.set_fire_at_ms(kThenMs + 500);
  values.Translate(request);
  EXPECT_EQ(timer.fire_at_ms(), kNowMs + 500);
}

uint64_t Translated(const ValueMap& values, uint64_t then_ms) {
  v1::PruneExecutionsRequest request;
  request.mutable_options()->set_completed_before_ms(then_ms);
  values.Translate(request);
  return request.options().completed_before_ms();
}

TEST(ValueMapTest, MovesMomentsAsFarAsTheNearestThatIsKnown) {
  ValueMap values(kThenMs, kNowMs);
  values.LearnMoment(kThenMs + 1'000, kNowMs + 1'007);
  EXPECT_EQ(Translated(values, kThenMs + 1'000), kNowMs + 1'007);
  EXPECT_EQ(Translated(values, kThenMs + 999), kNowMs + 1'006);
  EXPECT_EQ(Translated(values, kThenMs + 5'000), kNowMs + 5'007);
  EXPECT_EQ(Translated(values, kThenMs + 1), kNowMs + 1);
  EXPECT_EQ(Translated(values, kThenMs - 1), kNowMs - 1);
}

TEST(ValueMapTest, LearnsNoMomentThatIsFarFromWhatWasToBeExpected) {
  ValueMap values(kThenMs, kNowMs);
  values.LearnMoment(kThenMs + 1'000, 5);
  values.LearnMoment(kThenMs + 2'000, kNowMs + 3'600'000);
  values.LearnMoment(7, kNowMs);
  EXPECT_EQ(Translated(values, kThenMs + 1'000), kNowMs + 1'000);
  EXPECT_EQ(Translated(values, kThenMs + 2'000), kNowMs + 2'000);
  EXPECT_EQ(Translated(values, 7), 7u);
}

TEST(ValueMapTest, LeavesOtherMoments) {
  const ValueMap values(kThenMs, kNowMs);
  for (const uint64_t moment : {uint64_t{0}, uint64_t{1'000},
                                uint64_t{1'700'000'000'000}, ~uint64_t{0}}) {
    v1::PruneExecutionsRequest request;
    request.mutable_options()->set_completed_before_ms(moment);
    values.Translate(request);
    EXPECT_EQ(request.options().completed_before_ms(), moment);
  }
}

}  // namespace
}  // namespace duroxide::conformance
