// Each way in which a store can be wrong after a load is found.

#include "conformance/stress/check/instances.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/check/kinds.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/stress/check/fake_store.h"
#include "tests/conformance/stress/fake_stage.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string InstanceOf(uint64_t n) { return absl::StrCat("load-", n); }

HistoryBuilder Plain(const std::string& instance) {
  return HistoryBuilder(instance)
      .Started()
      .Activity()
      .ActivityDone(2)
      .Completed();
}

class InstancesTest : public ::testing::Test {
 protected:
  // As many units that completed, and a store that is right about them.
  void FillWith(uint64_t units) {
    for (uint64_t n = 0; n < units; ++n) {
      stage_.outcomes.emplace_back(Outcome::kCompleted);
      store_->Put(InstanceOf(n), Plain(InstanceOf(n)));
      stage_.effects().Count(InstanceOf(n), 1, 2);
    }
  }

  std::vector<Finding> Check(const InstanceCheck& check = {}) {
    Findings findings;
    const absl::Status status =
        CheckInstances(stage_, InstanceOf, findings, check);
    EXPECT_TRUE(status.ok()) << status;
    return findings.Take();
  }

  std::vector<std::string> Kinds(const InstanceCheck& check = {}) {
    std::vector<std::string> kinds;
    for (const Finding& finding : Check(check)) kinds.push_back(finding.kind);
    return kinds;
  }

  const std::shared_ptr<FakeStore> store_ = std::make_shared<FakeStore>();
  FakeStage stage_{store_, "store"};
};

TEST_F(InstancesTest, FindsNothingInARightStore) {
  FillWith(5);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, LeavesTheInstancesOfOthersAlone) {
  FillWith(1);
  store_->Put("somebody-else", HistoryBuilder("somebody-else").Started(),
              v1::ORCHESTRATION_STATUS_RUNNING);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, ManyAreLookedAtWithFewAtATime) {
  FillWith(500);
  store_->instances.erase(InstanceOf(499));
  std::erase(store_->list, InstanceOf(499));
  EXPECT_THAT(Kinds({.in_flight = 2}), ElementsAre("lost_instance"));
}

TEST_F(InstancesTest, WaitsForAStoreThatIsBusy) {
  FillWith(3);
  store_->busy = 3;
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, FailsWhereTheStoreCannotBeRead) {
  FillWith(3);
  store_->reading = MakeError(v1::ERROR_REASON_INTERNAL, "no disk");
  Findings findings;
  EXPECT_EQ(CheckInstances(stage_, InstanceOf, findings).code(),
            absl::StatusCode::kInternal);
}

TEST_F(InstancesTest, FindsALostInstance) {
  FillWith(3);
  store_->instances.erase(InstanceOf(1));
  store_->histories.erase({InstanceOf(1), 1});
  std::erase(store_->list, InstanceOf(1));
  const std::vector<Finding> found = Check();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, kLostInstance);
  EXPECT_EQ(found[0].count, 1);
  EXPECT_THAT(found[0].example, HasSubstr("load-1"));
}

TEST_F(InstancesTest, FindsOneThatWasGivenUpAndIsNotThere) {
  stage_.outcomes.emplace_back(std::nullopt);
  EXPECT_THAT(Kinds(), ElementsAre("lost_instance"));
}

TEST_F(InstancesTest, DoesNotLookForOneWhoseStartWasRefused) {
  stage_.outcomes.emplace_back(Outcome::kInfrastructure);
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, FindsAStuckInstance) {
  FillWith(1);
  stage_.outcomes[0] = std::nullopt;
  store_->Put(
      InstanceOf(0),
      HistoryBuilder(InstanceOf(0)).Started().Activity().ActivityDone(2),
      v1::ORCHESTRATION_STATUS_RUNNING);
  EXPECT_THAT(Kinds(), ElementsAre("stuck_instance"));
}

TEST_F(InstancesTest, AllowsOneThatEndedAfterItWasGivenUp) {
  FillWith(1);
  stage_.outcomes[0] = std::nullopt;
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, FindsAnUnknownInstance) {
  FillWith(1);
  store_->Put("load-17", Plain("load-17"));
  EXPECT_THAT(Kinds(), ElementsAre("unknown_instance"));
  EXPECT_THAT(Kinds({.all_known = false}), IsEmpty());
}

TEST_F(InstancesTest, FindsAnUnlistedInstance) {
  FillWith(3);
  std::erase(store_->list, InstanceOf(2));
  EXPECT_THAT(Kinds(), ElementsAre("unlisted_instance"));
}

TEST_F(InstancesTest, FindsAnotherOutcome) {
  FillWith(2);
  stage_.outcomes[0] = Outcome::kApplication;
  store_->Put(InstanceOf(1),
              HistoryBuilder(InstanceOf(1))
                  .Started()
                  .Activity()
                  .ActivityDone(2)
                  .Failed(),
              v1::ORCHESTRATION_STATUS_FAILED);
  const std::vector<Finding> found = Check();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, kOutcomeDiffers);
  EXPECT_EQ(found[0].count, 2);
}

TEST_F(InstancesTest, FindsAStatusThatIsNotTheHistorys) {
  FillWith(1);
  store_->instances[InstanceOf(0)].set_status(v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_THAT(Kinds(), ElementsAre("outcome_differs", "status_differs"));
}

TEST_F(InstancesTest, FindsAnOutputThatIsNotTheHistorys) {
  FillWith(1);
  store_->instances[InstanceOf(0)].set_output("something else");
  EXPECT_THAT(Kinds(), ElementsAre("status_differs"));
}

TEST_F(InstancesTest, FindsAHistoryWithoutItsEnd) {
  FillWith(1);
  store_->histories[{InstanceOf(0), 1}].RemoveLast();
  EXPECT_THAT(Kinds(), ElementsAre("wrong_end"));
}

TEST_F(InstancesTest, FindsAnUnreadableHistory) {
  FillWith(1);
  store_->reading = MakeError(v1::ERROR_REASON_HISTORY_CORRUPT, "damaged");
  EXPECT_THAT(Kinds(), ElementsAre("unreadable_history"));
}

TEST_F(InstancesTest, LooksAtAllExecutions) {
  stage_.outcomes.emplace_back(Outcome::kCompleted);
  const std::string id = InstanceOf(0);
  store_->Put(id, HistoryBuilder(id, 3).Started().Completed(),
              v1::ORCHESTRATION_STATUS_COMPLETED, 3);
  store_->histories[{id, 1}] = HistoryBuilder(id, 1).Started().ContinuedAsNew();
  EXPECT_THAT(Kinds(), ElementsAre("lost_execution"));
  store_->histories[{id, 2}] = HistoryBuilder(id, 2).Started().Completed();
  EXPECT_THAT(Kinds(), ElementsAre("wrong_end"));
  store_->histories[{id, 2}] = HistoryBuilder(id, 2).Started().ContinuedAsNew();
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(InstancesTest, FindsALostEffect) {
  FillWith(1);
  const std::string id = InstanceOf(0);
  store_->Put(id, HistoryBuilder(id)
                      .Started()
                      .Activity()
                      .ActivityDone(2)
                      .Activity()
                      .ActivityDone(4)
                      .Completed());
  EXPECT_THAT(Kinds(), ElementsAre("effect_lost"));
  EXPECT_THAT(Kinds({.effects = false}), IsEmpty());
}

TEST_F(InstancesTest, FindsAnEffectThatWasThereTwice) {
  FillWith(2);
  stage_.effects().Count(InstanceOf(1), 1, 2);
  const std::vector<Finding> found = Check();
  ASSERT_EQ(found.size(), 1);
  EXPECT_EQ(found[0].kind, kEffectTwice);
  EXPECT_THAT(found[0].example, HasSubstr("event 2"));
}

TEST_F(InstancesTest, FindsAnEffectThatNobodyScheduled) {
  FillWith(1);
  stage_.effects().Count(InstanceOf(0), 1, 9);
  EXPECT_THAT(Kinds(), ElementsAre("unknown_effect"));
}

TEST_F(InstancesTest, LooksFurtherWhereItIsToldTo) {
  FillWith(1);
  EXPECT_THAT(Kinds({.also =
                         [](const ReadExecution& read, Findings& findings) {
                           EXPECT_EQ(read.instance, "load-0");
                           findings.Add(kTimerEarly, "as told");
                         }}),
              ElementsAre("timer_early"));
}

// A unit with one child.
class ChildrenTest : public InstancesTest {
 protected:
  ChildrenTest() {
    stage_.outcomes.emplace_back(Outcome::kCompleted);
    store_->Put("load-0", HistoryBuilder("load-0")
                              .Started()
                              .Child("sub::2")
                              .ChildDone(2)
                              .Completed());
    PutChild("load-0", 2);
  }

  void PutChild(const std::string& parent, uint64_t event) {
    store_->Put(kChild,
                HistoryBuilder(kChild).ChildOf(parent, event).Completed());
  }

  static constexpr char kChild[] = "load-0::sub::2";
};

TEST_F(ChildrenTest, AreNoStrangers) { EXPECT_THAT(Kinds(), IsEmpty()); }

TEST_F(ChildrenTest, MustBeThere) {
  store_->instances.erase(kChild);
  std::erase(store_->list, kChild);
  EXPECT_THAT(Kinds(), ElementsAre("lost_instance"));
}

TEST_F(ChildrenTest, HaveTheirParent) {
  PutChild("load-1", 2);
  EXPECT_THAT(Kinds(), ElementsAre("wrong_parent"));
  PutChild("load-0", 3);
  EXPECT_THAT(Kinds(), ElementsAre("wrong_parent"));
}

TEST_F(ChildrenTest, HaveEndedAsTheirParentHasIt) {
  store_->Put(kChild, HistoryBuilder(kChild).ChildOf("load-0", 2).Failed(),
              v1::ORCHESTRATION_STATUS_FAILED);
  EXPECT_THAT(Kinds(), ElementsAre("outcome_differs"));
}

// Where there is no ADMIN the histories have to say all.
class WithoutAdminTest : public InstancesTest {
 protected:
  WithoutAdminTest() {
    FillWith(2);
    store_->HideAdmin();
  }
};

TEST_F(WithoutAdminTest, FindsNothingInARightStore) {
  EXPECT_THAT(Kinds(), IsEmpty());
}

TEST_F(WithoutAdminTest, FindsALostInstance) {
  store_->histories.erase({InstanceOf(1), 1});
  EXPECT_THAT(Kinds(), ElementsAre("lost_instance"));
}

TEST_F(WithoutAdminTest, FindsAStuckInstance) {
  store_->histories[{InstanceOf(1), 1}].RemoveLast();
  EXPECT_THAT(Kinds(), ElementsAre("stuck_instance"));
}

TEST_F(WithoutAdminTest, FindsAnotherOutcome) {
  stage_.outcomes[1] = Outcome::kApplication;
  EXPECT_THAT(Kinds(), ElementsAre("outcome_differs"));
}

}  // namespace
}  // namespace duroxide::stress
