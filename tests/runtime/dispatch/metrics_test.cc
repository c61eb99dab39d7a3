#include "runtime/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "prometheus/text_serializer.h"
#include "providers/errors.h"

namespace duroxide::runtime {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

namespace v1 = ::duroxide::provider::v1;

class MetricsTest : public ::testing::Test {
 protected:
  TurnFacts Order(TurnFacts::End end = TurnFacts::End::kNone) {
    TurnFacts facts;
    facts.orchestration = "Order";
    facts.version = "1.2.0";
    facts.end = end;
    facts.history_events = 42;
    return facts;
  }
  void Turn(const TurnFacts& facts) {
    metrics_->OnTurn({.facts = facts,
                      .elapsed = absl::Milliseconds(3),
                      .execution_time = absl::Seconds(7),
                      .turns = 8});
  }
  // As a scrape gets it.
  std::string Scraped() {
    return prometheus::TextSerializer().Serialize(registry_->Collect());
  }

  const std::shared_ptr<prometheus::Registry> registry_ =
      std::make_shared<prometheus::Registry>();
  const std::shared_ptr<RuntimeObserver> metrics_ = MakeMetrics(registry_);
};

TEST_F(MetricsTest, ExecutionsThatBeginAreCountedByWhoBeganThem) {
  TurnFacts facts = Order();
  facts.began_execution = true;
  Turn(facts);
  metrics_->OnTurn({.facts = facts, .began_child = true});
  facts.continued_from_earlier = true;
  Turn(facts);
  for (const char* initiated_by :
       {"client", "suborchestration", "continueAsNew"}) {
    EXPECT_THAT(
        Scraped(),
        HasSubstr(std::string("duroxide_orchestration_starts_total{"
                              "initiated_by=\"") +
                  initiated_by +
                  "\",orchestration_name=\"Order\",version=\"1.2.0\"} 1"));
  }
}

TEST_F(MetricsTest, ExecutionsThatEndAreMeasured) {
  Turn(Order(TurnFacts::End::kCompleted));
  const std::string scraped = Scraped();
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_orchestration_completions_total{"
                        "final_turn_count=\"6-10\",orchestration_name="
                        "\"Order\",status=\"success\",version=\"1.2.0\"} 1"));
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_orchestration_duration_seconds_sum{"
                        "orchestration_name=\"Order\",status=\"success\","
                        "version=\"1.2.0\"} 7"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestration_history_size_sum{"
                                 "orchestration_name=\"Order\"} 42"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestration_turns_sum{"
                                 "orchestration_name=\"Order\"} 8"));
  EXPECT_THAT(scraped,
              Not(HasSubstr("duroxide_orchestration_failures_total{")));
}

TEST_F(MetricsTest, WhatIsNotKnownOfAnEndIsLeftOut) {
  const TurnFacts facts = Order(TurnFacts::End::kCompleted);
  metrics_->OnTurn({.facts = facts});
  const std::string scraped = Scraped();
  EXPECT_THAT(scraped, HasSubstr("final_turn_count=\"unknown\""));
  EXPECT_THAT(scraped,
              Not(HasSubstr("duroxide_orchestration_duration_seconds_sum")));
}

TEST_F(MetricsTest, ExecutionsThatContinueAreNoFailures) {
  Turn(Order(TurnFacts::End::kContinuedAsNew));
  EXPECT_THAT(Scraped(),
              HasSubstr("duroxide_orchestration_continue_as_new_total{"
                        "orchestration_name=\"Order\"} 1"));
}

TEST_F(MetricsTest, FailuresAreCountedByTheirKind) {
  TurnFacts facts = Order(TurnFacts::End::kFailed);
  for (const char* category :
       {"application", "infrastructure", "configuration", "poison"}) {
    facts.error_category = category;
    Turn(facts);
  }
  const std::string scraped = Scraped();
  for (const char* type :
       {"app_error", "infrastructure_error", "config_error", "poison"}) {
    EXPECT_THAT(scraped, HasSubstr(std::string("error_type=\"") + type + "\""));
  }
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestration_poison_total 1"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestration_configuration_errors_"
                                 "total{error_category=\"configuration\","
                                 "orchestration_name=\"Order\"} 1"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestration_infrastructure_errors_"
                                 "total{error_category=\"infrastructure\","
                                 "orchestration_name=\"Order\"} 1"));
  metrics_->OnTurnNotCommitted(facts);
  EXPECT_THAT(Scraped(),
              HasSubstr("duroxide_orchestration_infrastructure_errors_"
                        "total{error_category=\"infrastructure\","
                        "orchestration_name=\"Order\"} 2"));
}

TEST_F(MetricsTest, ActivitiesAreCountedAndMeasured) {
  metrics_->OnActivity({.name = "Charge",
                        .outcome = ActivityOutcome::kSuccess,
                        .elapsed = absl::Seconds(2)});
  metrics_->OnActivity({.name = "Charge",
                        .tag = "gpu",
                        .outcome = ActivityOutcome::kApplicationError,
                        .attempt = 9});
  metrics_->OnActivity({.name = "Charge", .outcome = ActivityOutcome::kPoison});
  const std::string scraped = Scraped();
  EXPECT_THAT(
      scraped,
      HasSubstr("duroxide_activity_executions_total{activity_name=\"Charge\","
                "outcome=\"success\",retry_attempt=\"0\",tag=\"default\"} 1"));
  EXPECT_THAT(
      scraped,
      HasSubstr("duroxide_activity_executions_total{activity_name=\"Charge\","
                "outcome=\"app_error\",retry_attempt=\"3+\",tag=\"gpu\"} 1"));
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_activity_duration_seconds_sum{activity_name="
                        "\"Charge\",outcome=\"success\",tag=\"default\"} 2"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_activity_poison_total 1"));
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_activity_infrastructure_errors_total{"
                        "activity_name=\"Charge\"} 1"));
}

TEST_F(MetricsTest, CallsOfTheProviderAreMeasuredAndTheirErrorsCounted) {
  metrics_->OnProviderCall("AckWorkItem", absl::OkStatus(), absl::Seconds(1));
  metrics_->OnProviderCall("AckWorkItem",
                           MakeError(v1::ERROR_REASON_LOCK_LOST, "lost"),
                           absl::Seconds(1));
  const std::string scraped = Scraped();
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_provider_operation_duration_seconds_sum{"
                        "operation=\"AckWorkItem\",status=\"success\"} 1"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_provider_errors_total{error_type="
                                 "\"LOCK_LOST\",operation=\"AckWorkItem\"} 1"));
}

TEST_F(MetricsTest, TheStoresFiguresAreGauges) {
  v1::SystemMetrics system;
  system.set_running_instances(3);
  v1::QueueDepths depths;
  depths.set_orchestrator_queue(4);
  depths.set_worker_queue(5);
  metrics_->OnSystemMetrics(system);
  metrics_->OnQueueDepths(depths);
  const std::string scraped = Scraped();
  EXPECT_THAT(scraped,
              HasSubstr("duroxide_active_orchestrations{state=\"all\"} 3"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_orchestrator_queue_depth 4"));
  EXPECT_THAT(scraped, HasSubstr("duroxide_worker_queue_depth 5"));
}

TEST_F(MetricsTest, NamesOfUsersDoNotMakeSeriesWithoutEnd) {
  for (int i = 0; i < 2000; ++i) {
    metrics_->OnActivity({.name = "activity " + std::to_string(i),
                          .outcome = ActivityOutcome::kSuccess});
  }
  EXPECT_THAT(
      Scraped(),
      HasSubstr("duroxide_activity_executions_total{activity_name=\"other\","
                "outcome=\"success\",retry_attempt=\"0\",tag=\"default\"} "
                "1000"));
}

}  // namespace
}  // namespace duroxide::runtime
