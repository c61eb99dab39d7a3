// Each way in which a history can be wrong is found, and nothing in a right
// one.

#include "conformance/stress/check/history.h"

#include <functional>
#include <string>
#include <vector>

#include "conformance/stress/check/kinds.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/stress/check/fake_store.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> KindsIn(const Events& events,
                                 bool all_awaited = true) {
  Findings findings;
  CheckHistory("a", 1, events, all_awaited, findings);
  std::vector<std::string> kinds;
  for (const Finding& finding : findings.Take()) kinds.push_back(finding.kind);
  return kinds;
}

HistoryBuilder Whole() {
  return HistoryBuilder("a")
      .Started()
      .Activity()
      .Timer()
      .Child("sub::4")
      .ActivityDone(2)
      .TimerFired(3)
      .ChildDone(4)
      .Completed();
}

TEST(HistoryTest, FindsNothingInARightOne) {
  EXPECT_THAT(KindsIn(Whole()), IsEmpty());
}

TEST(HistoryTest, TellsWhatItSays) {
  Findings findings;
  const HistoryFacts facts =
      CheckHistory("a", 1,
                   HistoryBuilder("a")
                       .ChildOf("p", 7)
                       .Activity()
                       .Activity("__duroxide_syscall:utc_now_ms")
                       .Child("sub::4")
                       .Child("named")
                       .ActivityDone(2)
                       .ActivityDone(3)
                       .ChildDone(5)
                       .ChildDone(4)
                       .Completed("result"),
                   true, findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(facts.end, v1::Event::kOrchestrationCompleted);
  EXPECT_EQ(facts.output, "result");
  EXPECT_EQ(facts.parent_instance, "p");
  EXPECT_EQ(facts.parent_id, 7);
  ASSERT_EQ(facts.activities.size(), 1);
  EXPECT_EQ(facts.activities[0].id, 2);
  EXPECT_TRUE(facts.activities[0].completed);
  ASSERT_EQ(facts.children.size(), 2);
  EXPECT_EQ(facts.children[0].instance, "a::sub::4");
  EXPECT_EQ(facts.children[1].instance, "named");
  EXPECT_TRUE(facts.children[1].completed);
}

TEST(HistoryTest, AllowsTheCancellationOfActivitiesBehindTheEnd) {
  EXPECT_THAT(
      KindsIn(
          HistoryBuilder("a").Started().Activity().Completed().ActivityGivenUp(
              2)),
      IsEmpty());
}

TEST(HistoryTest, AllowsOpenWorkWhereItFailedOrMay) {
  EXPECT_THAT(KindsIn(HistoryBuilder("a").Started().Timer().Failed()),
              IsEmpty());
  EXPECT_THAT(KindsIn(HistoryBuilder("a").Started().Timer().Completed(),
                      /*all_awaited=*/false),
              IsEmpty());
}

TEST(HistoryTest, FindsALostEventInAllThatItLeavesBehind) {
  Events events =
      HistoryBuilder("a").Started().Timer().TimerFired(2).Completed();
  events.DeleteSubrange(2, 1);
  EXPECT_THAT(KindsIn(events),
              ElementsAre("completion_missing", "event_missing"));
}

struct Wrong {
  std::string name;
  std::function<Events()> history;
  std::string kind;
};

class WrongHistoryTest : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongHistoryTest, IsFound) {
  EXPECT_THAT(KindsIn(GetParam().history()), ElementsAre(GetParam().kind));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WrongHistoryTest,
    ::testing::Values(
        Wrong{"Nothing", [] { return Events(); }, "lost_execution"},
        Wrong{"Gap",
              [] {
                Events events = HistoryBuilder("a").Started().Completed();
                events.at(1).set_event_id(3);
                return events;
              },
              "event_missing"},
        Wrong{"Double",
              [] {
                Events events = HistoryBuilder("a").Started().Completed();
                events.at(1).set_event_id(1);
                return events;
              },
              "event_twice"},
        Wrong{"OfAnotherInstance",
              [] {
                Events events = Whole();
                events.at(4).set_instance_id("b");
                return events;
              },
              "foreign_event"},
        Wrong{"OfAnotherExecution",
              [] {
                Events events = Whole();
                events.at(4).set_execution_id(2);
                return events;
              },
              "foreign_event"},
        Wrong{"NoStart",
              [] { return Events(HistoryBuilder("a").Timer().TimerFired(1)); },
              "wrong_beginning"},
        Wrong{"TwoStarts",
              [] { return Events(HistoryBuilder("a").Started().Started()); },
              "wrong_beginning"},
        Wrong{
            "GoesOn",
            [] {
              return Events(
                  HistoryBuilder("a").Started().Completed().Timer().TimerFired(
                      3));
            },
            "wrong_end"},
        Wrong{"EndsTwice",
              [] {
                return Events(
                    HistoryBuilder("a").Started().Completed().Completed());
              },
              "ended_twice"},
        Wrong{"CompletesNothing",
              [] {
                return Events(
                    HistoryBuilder("a").Started().ActivityDone(5).Completed());
              },
              "unscheduled_completion"},
        Wrong{"CompletesAnother",
              [] {
                return Events(HistoryBuilder("a")
                                  .Started()
                                  .Timer()
                                  .TimerFired(2)
                                  .ActivityDone(2)
                                  .Completed());
              },
              "unscheduled_completion"},
        Wrong{"CompletesTwice",
              [] {
                return Events(HistoryBuilder("a")
                                  .Started()
                                  .Activity()
                                  .ActivityDone(2)
                                  .ActivityFailed(2)
                                  .Completed());
              },
              "completion_twice"},
        Wrong{"NotCompleted",
              [] {
                return Events(
                    HistoryBuilder("a").Started().Activity().Completed());
              },
              "completion_missing"}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace duroxide::stress
