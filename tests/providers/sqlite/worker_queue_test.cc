// Activities: order, locks, completion (WORK-1 to WORK-3) and tags (TAG-1).

#include "providers/sqlite/worker_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/errors.h"
#include "providers/sqlite/moment.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;
using v1::TagFilter;

class WorkerQueue : public RoomTest {
 protected:
  void Add(const v1::WorkItem& item) { EnqueueWork(db(), kStore, item); }

  absl::Status Ack(const std::string& token) {
    v1::AckWorkItemRequest request;
    request.set_lock_token(token);
    return AckWork(db(), kStore, request);
  }

  absl::Status AckWith(const std::string& token, const v1::WorkItem& done) {
    v1::AckWorkItemRequest request;
    request.set_lock_token(token);
    *request.mutable_completion() = done;
    return AckWork(db(), kStore, request);
  }

  absl::Status Abandon(const std::string& token, int64_t delay_seconds = 0,
                       bool ignore_attempt = false) {
    v1::AbandonWorkItemRequest request;
    request.set_lock_token(token);
    *request.mutable_delay() = Seconds(delay_seconds);
    request.set_ignore_attempt(ignore_attempt);
    return AbandonWork(db(), kStore, request);
  }

  absl::Status Renew(const std::string& token, int64_t seconds) {
    v1::RenewWorkItemLockRequest request;
    request.set_lock_token(token);
    *request.mutable_extend_for() = Seconds(seconds);
    return RenewWork(db(), kStore, request);
  }

  // The ids of the activities that are given out from now on.
  std::vector<uint64_t> FetchAll(const v1::FetchWorkItemsRequest& request,
                                 int64_t now_us = NowUs()) {
    std::vector<uint64_t> ids;
    while (auto item = FetchWork(now_us, request)) {
      ids.push_back(item->item().activity_execute().id());
    }
    return ids;
  }
  std::vector<uint64_t> FetchAll() { return FetchAll(FetchActivities()); }

  int64_t Messages() {
    return db().Number("SELECT count(*) FROM messages").value_or(-1);
  }
};

TEST_F(WorkerQueue, ItemsComeInTheOrderOfEnqueueing) {
  EXPECT_FALSE(FetchWork(NowUs()));
  for (const uint64_t id : {3, 1, 2}) Add(Activity("a", id));
  EXPECT_THAT(FetchAll(), ElementsAre(3, 1, 2));
}

TEST_F(WorkerQueue, AnItemComesBackAsItWasStored) {
  v1::WorkItem stored = Tagged(Activity("a", 7), "gpu");
  stored.mutable_activity_execute()->set_input("\xc3\xa9\n\t\"'");
  Add(stored);
  const auto item =
      FetchWork(NowUs(), FetchActivitiesTagged(TagFilter::MODE_ANY));
  ASSERT_TRUE(item);
  EXPECT_EQ(item->item().SerializeAsString(), stored.SerializeAsString());
  EXPECT_EQ(item->attempt_count(), 1u);
}

TEST_F(WorkerQueue, ALockEndsByItself) {
  const int64_t now_us = NowUs();
  Add(Activity("a", 1));
  const std::string token = FetchWork(now_us)->lock_token();
  EXPECT_FALSE(FetchWork(now_us + kHourUs - 1));
  const auto again = FetchWork(now_us + kHourUs);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->attempt_count(), 2u);
  EXPECT_EQ(ReasonOf(Ack(token)), v1::ERROR_REASON_LOCK_LOST);
}

TEST_F(WorkerQueue, FreeingTellsHowManyLocksRanOut) {
  const int64_t now_us = NowUs();
  for (const uint64_t id : {1, 2, 3}) Add(Activity("a", id));
  FetchWork(now_us);
  FetchWork(now_us);
  // A delay that ends is no lock that ran out.
  ASSERT_TRUE(Abandon(FetchWork(now_us)->lock_token(), 60).ok());
  EXPECT_EQ(FreeExpiredWork(db(), kStore, now_us + kHourUs), 2);
  EXPECT_EQ(FreeExpiredWork(db(), kStore, now_us + kHourUs), 0);
}

TEST_F(WorkerQueue, AnExpiredLockThatNobodyTookIsLostToo) {
  Add(Activity("a", 1));
  const std::string token = FetchWork(NowUs() - 2 * kHourUs)->lock_token();
  EXPECT_EQ(ReasonOf(AckWith(token, Done("a", 1))), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(Abandon(token)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(Renew(token, 60)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(Messages(), 0) << "nothing was enqueued";
  EXPECT_TRUE(FetchWork(NowUs()));
}

TEST_F(WorkerQueue, AckRemovesAndEnqueuesTheCompletion) {
  MakeInstance("a");
  Add(Activity("a", 1));
  const std::string token = FetchWork(NowUs())->lock_token();
  ASSERT_TRUE(AckWith(token, Done("a", 1)).ok());
  EXPECT_EQ(db().Number("SELECT count(*) FROM work_items"), 0);
  EXPECT_THAT(TextsOf(MustFetch(NowUs()).item()), ElementsAre("done"));
  EXPECT_EQ(ReasonOf(AckWith(token, Done("a", 1))), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(Messages(), 1) << "the completion came once";
}

TEST_F(WorkerQueue, AckWithoutACompletionOnlyRemoves) {
  MakeInstance("a");
  Add(Activity("a", 1));
  ASSERT_TRUE(Ack(FetchWork(NowUs())->lock_token()).ok());
  EXPECT_EQ(db().Number("SELECT count(*) FROM work_items"), 0);
  EXPECT_EQ(Messages(), 0);
}

TEST_F(WorkerQueue, ACancelledItemIsLostToItsHolder) {
  Add(Activity("a", 1));
  Add(Activity("a", 2));
  const std::string token = FetchWork(NowUs())->lock_token();
  v1::ScheduledActivityIdentifier id;
  id.set_instance("a");
  id.set_execution_id(1);
  id.set_activity_id(1);
  CancelWork(db(), kStore, id);
  EXPECT_EQ(ReasonOf(Renew(token, 60)), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(ReasonOf(AckWith(token, Done("a", 1))), v1::ERROR_REASON_LOCK_LOST);
  EXPECT_EQ(Messages(), 0);
  CancelWork(db(), kStore, id);  // not there any more: no error
  EXPECT_THAT(FetchAll(), ElementsAre(2));
}

TEST_F(WorkerQueue, CancellingLooksAtTheWholeName) {
  Add(Activity("a", 1));
  v1::ScheduledActivityIdentifier id;
  id.set_instance("a");
  id.set_execution_id(2);
  id.set_activity_id(1);
  CancelWork(db(), kStore, id);
  id.set_execution_id(1);
  id.set_instance("b");
  CancelWork(db(), kStore, id);
  EXPECT_THAT(FetchAll(), ElementsAre(1));
}

TEST_F(WorkerQueue, AbandonGivesBackAtOnceAndKeepsThePlace) {
  Add(Activity("a", 1));
  Add(Activity("a", 2));
  ASSERT_TRUE(Abandon(FetchWork(NowUs())->lock_token()).ok());
  const auto again = FetchWork(NowUs());
  ASSERT_TRUE(again);
  EXPECT_EQ(again->item().activity_execute().id(), 1u);
  EXPECT_EQ(again->attempt_count(), 2u);
}

TEST_F(WorkerQueue, AbandonWithDelayHidesTheItem) {
  Add(Activity("a", 1));
  ASSERT_TRUE(Abandon(FetchWork(NowUs())->lock_token(), 3600).ok());
  EXPECT_FALSE(FetchWork(NowUs()));
  EXPECT_GT(NextWorkDue(db(), kStore), NowUs());
  EXPECT_TRUE(FetchWork(NowUs() + kHourUs));
}

TEST_F(WorkerQueue, IgnoringAnAttemptTakesItBack) {
  Add(Activity("a", 1));
  for (int i = 0; i < 3; ++i) {
    const auto item = FetchWork(NowUs());
    ASSERT_TRUE(item);
    EXPECT_EQ(item->attempt_count(), 1u);
    ASSERT_TRUE(Abandon(item->lock_token(), 0, true).ok());
  }
  const std::string token = FetchWork(NowUs())->lock_token();
  db().Run("UPDATE work_items SET attempts = 0");
  ASSERT_TRUE(Abandon(token, 0, true).ok());
  EXPECT_EQ(db().Number("SELECT attempts FROM work_items"), 0);
}

TEST_F(WorkerQueue, RenewCountsFromNow) {
  const int64_t before_us = NowUs();
  Add(Activity("a", 1));
  const std::string token = FetchWork(before_us)->lock_token();
  ASSERT_TRUE(Renew(token, 7200).ok());
  EXPECT_FALSE(FetchWork(before_us + 2 * kHourUs - 1));
  EXPECT_TRUE(FetchWork(NowUs() + 2 * kHourUs));
}

TEST_F(WorkerQueue, TokensAreGoodInTheirStoreOnly) {
  Add(Activity("a", 1));
  v1::AckWorkItemRequest request;
  request.set_lock_token(FetchWork(NowUs())->lock_token());
  EXPECT_EQ(ReasonOf(AckWork(db(), AddStore(), request)),
            v1::ERROR_REASON_LOCK_LOST);
  EXPECT_TRUE(AckWork(db(), kStore, request).ok());
}

TEST_F(WorkerQueue, NothingIsDueInAnEmptyQueue) {
  EXPECT_EQ(NextWorkDue(db(), kStore), kNeverUs);
  Add(Activity("a", 1));
  EXPECT_EQ(NextWorkDue(db(), kStore), kNeverUs);
  const int64_t now_us = NowUs();
  FetchWork(now_us);
  EXPECT_EQ(NextWorkDue(db(), kStore), now_us + kHourUs);
}

TEST_F(WorkerQueue, DeletingTakesAllOfAnInstance) {
  Add(Activity("a", 1));
  Add(InSession(Activity("a", 2), "s"));
  Add(Activity("b", 3));
  FetchWork(NowUs());
  EXPECT_EQ(DeleteWorkOf(db(), kStore, "a"), 2);
  EXPECT_THAT(FetchAll(FetchActivitiesAs("me")), ElementsAre(3));
}

// Items 1 untagged, 2 "red", 3 "green", 4 with the empty tag, 5 "red".
class WorkerTags : public WorkerQueue {
 protected:
  WorkerTags() {
    Add(Activity("a", 1));
    Add(Tagged(Activity("a", 2), "red"));
    Add(Tagged(Activity("a", 3), "green"));
    Add(Tagged(Activity("a", 4), ""));
    Add(Tagged(Activity("a", 5), "red"));
  }
};

TEST_F(WorkerTags, UntaggedIsTheDefault) {
  EXPECT_THAT(FetchAll(), ElementsAre(1));
}

TEST_F(WorkerTags, DefaultOnlyIsTheSame) {
  EXPECT_THAT(FetchAll(FetchActivitiesTagged(TagFilter::MODE_DEFAULT_ONLY)),
              ElementsAre(1));
}

TEST_F(WorkerTags, NamedTagsOnly) {
  EXPECT_THAT(
      FetchAll(FetchActivitiesTagged(TagFilter::MODE_TAGS, {"green", "red"})),
      ElementsAre(2, 3, 5));
}

TEST_F(WorkerTags, TheEmptyTagIsATag) {
  EXPECT_THAT(FetchAll(FetchActivitiesTagged(TagFilter::MODE_TAGS, {""})),
              ElementsAre(4));
}

TEST_F(WorkerTags, UntaggedAndNamedTags) {
  EXPECT_THAT(
      FetchAll(FetchActivitiesTagged(TagFilter::MODE_DEFAULT_AND, {"red"})),
      ElementsAre(1, 2, 5));
}

TEST_F(WorkerTags, Any) {
  EXPECT_THAT(FetchAll(FetchActivitiesTagged(TagFilter::MODE_ANY)),
              ElementsAre(1, 2, 3, 4, 5));
}

TEST_F(WorkerTags, None) {
  EXPECT_THAT(FetchAll(FetchActivitiesTagged(TagFilter::MODE_NONE)),
              ElementsAre());
}

TEST_F(WorkerTags, ATagLivesThroughAbandonAndExpiry) {
  const auto red = FetchActivitiesTagged(TagFilter::MODE_TAGS, {"red"});
  ASSERT_TRUE(Abandon(FetchWork(NowUs(), red)->lock_token()).ok());
  FetchWork(NowUs(), red);
  const auto again = FetchWork(NowUs() + kHourUs, red);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->item().activity_execute().id(), 2u);
  EXPECT_EQ(again->item().activity_execute().tag(), "red");
  EXPECT_EQ(again->attempt_count(), 3u);
}

}  // namespace
}  // namespace duroxide::sqlite
