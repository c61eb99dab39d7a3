// Whatever an orchestration does, and in whichever order its messages come: a
// turn that goes on from the one before commits the same as one that replays
// the history.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "runtime/replay/turn.h"
#include "tests/runtime/replay/random_orchestration.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using google::protobuf::util::MessageDifferencer;
using v1::WorkItem;

// All that a provider and the other orchestrations and activities would do, in
// a random order.
class World {
 public:
  explicit World(uint64_t seed) : engine_(seed) {
    EXPECT_TRUE(orchestrations_.Add("Random", RandomOrchestration).ok());
    item_.set_instance("order-1");
    item_.set_execution_id(1);
    item_.set_version("unknown");
    WorkItem start;
    start.mutable_start_orchestration()->set_instance("order-1");
    start.mutable_start_orchestration()->set_orchestration("Random");
    start.mutable_start_orchestration()->set_input(absl::StrCat(seed));
    start.mutable_start_orchestration()->set_execution_id(1);
    arrived_.push_back(std::move(start));
  }

  // Until the instance has ended. Each run ends: what it waits for comes.
  void Run() {
    for (int turn = 0; !ended_ && !::testing::Test::HasFailure(); ++turn) {
      ASSERT_LT(turn, 10000);
      Turn();
    }
  }

  const std::string& end() const { return end_; }
  int resumed() const { return resumed_; }

 private:
  int Roll(int sides) {
    return static_cast<int>(engine_() % static_cast<uint64_t>(sides));
  }

  // Some of what is under way arrives, at times twice; where nothing is under
  // way somebody raises an event.
  void Arrive() {
    if (coming_.empty()) {
      WorkItem item;
      const std::string name = Roll(2) == 0 ? "a" : "b";
      if (Roll(2) == 0) {
        item.mutable_external_raised()->set_name(name);
        item.mutable_external_raised()->set_data(absl::StrCat(engine_() % 100));
      } else {
        item.mutable_queue_message()->set_name(name);
        item.mutable_queue_message()->set_data(absl::StrCat(engine_() % 100));
      }
      coming_.push_back(std::move(item));
    }
    std::shuffle(coming_.begin(), coming_.end(), engine_);
    for (int count = 1 + Roll(static_cast<int>(coming_.size())); count > 0;
         --count) {
      arrived_.push_back(coming_.back());
      if (Roll(5) == 0) arrived_.push_back(coming_.back());
      coming_.pop_back();
    }
  }

  void Turn() {
    if (arrived_.empty()) Arrive();
    now_ += absl::Milliseconds(1 + Roll(2000));
    v1::LockedOrchestrationItem locked;
    locked.set_attempt_count(1);
    *locked.mutable_item() = item_;
    for (const WorkItem& message : arrived_) {
      *locked.mutable_item()->add_messages() = message;
    }
    TurnOutcome replayed =
        TakeTurn(locked, orchestrations_, TurnOptions(), now_, nullptr);
    const auto* ack =
        std::get_if<v1::AckOrchestrationItemRequest>(&replayed.commit);
    ASSERT_NE(ack, nullptr);
    ASSERT_NE(replayed.facts.error_category, "configuration")
        << replayed.facts.error;
    if (kept_ != nullptr) {
      TurnOutcome resumed = TakeTurn(locked, orchestrations_, TurnOptions(),
                                     now_, std::move(kept_));
      ++resumed_;
      ASSERT_TRUE(resumed.facts.resumed);
      const auto& other =
          std::get<v1::AckOrchestrationItemRequest>(resumed.commit);
      ASSERT_TRUE(MessageDifferencer::Equals(*ack, other))
          << "replayed:\n"
          << ack->DebugString() << "resumed:\n"
          << other.DebugString();
      // Half of the time the one is kept, half of the time the other.
      if (Roll(2) == 0) replayed.next = std::move(resumed.next);
    }
    // A lost turn is taken again, perhaps with more messages.
    if (Roll(4) == 0) {
      if (Roll(2) == 0) Arrive();
      return;
    }
    kept_ = std::move(replayed.next);
    Commit(*ack, replayed.facts);
  }

  void Commit(const v1::AckOrchestrationItemRequest& ack,
              const TurnFacts& facts) {
    arrived_.clear();
    if (ack.execution_id() != item_.execution_id()) {
      item_.clear_history();
      item_.set_execution_id(ack.execution_id());
    }
    item_.mutable_history()->MergeFrom(ack.history_delta());
    for (int i = 0; i < item_.history_size(); ++i) {
      ASSERT_EQ(item_.history(i).event_id(), static_cast<uint64_t>(i) + 1);
    }
    for (const WorkItem& work : ack.worker_items()) {
      coming_.push_back(CompletionOf(work.activity_execute()));
    }
    for (const WorkItem& message : ack.orchestrator_items()) Send(message);
    if (facts.end == TurnFacts::End::kCompleted ||
        facts.end == TurnFacts::End::kFailed) {
      ended_ = true;
      end_ = ack.metadata().output();
    }
  }

  void Send(const WorkItem& message) {
    if (message.has_timer_fired()) {
      coming_.push_back(message);
    } else if (message.has_continue_as_new()) {
      arrived_.push_back(message);
    } else if (message.start_orchestration().has_parent_id()) {
      const auto& start = message.start_orchestration();
      WorkItem done;
      auto& completed = *done.mutable_sub_orchestration_completed();
      completed.set_parent_instance("order-1");
      completed.set_parent_execution_id(start.parent_execution_id());
      completed.set_parent_id(start.parent_id());
      completed.set_result(absl::StrCat("child ", start.input()));
      coming_.push_back(std::move(done));
    }
  }

  WorkItem CompletionOf(const v1::ActivityExecuteItem& work) {
    WorkItem item;
    if (Roll(4) == 0) {
      auto& failed = *item.mutable_activity_failed();
      failed.set_instance(work.instance());
      failed.set_execution_id(work.execution_id());
      failed.set_id(work.id());
      auto& error = *failed.mutable_details()->mutable_application();
      error.mutable_activity_failed();
      error.set_message(absl::StrCat("no ", work.input()));
    } else {
      auto& completed = *item.mutable_activity_completed();
      completed.set_instance(work.instance());
      completed.set_execution_id(work.execution_id());
      completed.set_id(work.id());
      completed.set_result(absl::StrCat("did ", work.input()));
    }
    return item;
  }

  std::mt19937_64 engine_;
  OrchestrationRegistry orchestrations_;
  v1::OrchestrationItem item_;
  KeptExecution kept_;
  absl::Time now_ = absl::FromUnixSeconds(1000);
  std::vector<WorkItem> coming_;
  std::vector<WorkItem> arrived_;
  bool ended_ = false;
  int resumed_ = 0;
  std::string end_;
};

TEST(ReplayPropertyTest, ResumingIsReplaying) {
  int resumed = 0;
  for (uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    world.Run();
    if (HasFailure()) return;
    resumed += world.resumed();
  }
  EXPECT_GT(resumed, 500);
}

}  // namespace
}  // namespace duroxide::runtime
