#include "tests/runtime/replay/story.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "runtime/replay/turn.h"
#include "runtime/semantic_version.h"
#include "tests/runtime/replay/story_orchestrations.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;
using google::protobuf::util::MessageDifferencer;
using testing::Story;
using testing::Turn;
using v1::Event;
using v1::WorkItem;

constexpr char kInstance[] = "order-1";
constexpr uint64_t kSecond = 1000;

// What each message of a story has that does not say otherwise, by the fields'
// names.
void FillIn(google::protobuf::Message& message, bool fill) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto& descriptor = *message.GetDescriptor();
  const auto text = [&](const char* name, const std::string& usual) {
    const auto* field = descriptor.FindFieldByName(name);
    if (field == nullptr || field->has_presence()) return;
    const std::string value = reflection.GetString(message, field);
    if (fill && value.empty()) reflection.SetString(&message, field, usual);
    if (!fill && value == usual) reflection.ClearField(&message, field);
  };
  const auto number = [&](const char* name, uint64_t usual) {
    const auto* field = descriptor.FindFieldByName(name);
    if (field == nullptr || field->has_presence()) return;
    const uint64_t value = reflection.GetUInt64(message, field);
    if (fill && value == 0) reflection.SetUInt64(&message, field, usual);
    if (!fill && value == usual) reflection.ClearField(&message, field);
  };
  for (const char* name : {"instance_id", "parent_instance"}) {
    text(name, kInstance);
  }
  if (descriptor.name().ends_with("Item") ||
      descriptor.name() == "ScheduledActivityIdentifier") {
    text("instance", kInstance);
  }
  number("execution_id", 1);
  number("parent_execution_id", 1);
  text("writer_version", kRuntimeVersion.ToString());
}

void FillIn(WorkItem& message, bool fill) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto* kind = reflection.GetOneofFieldDescriptor(
      message, WorkItem::descriptor()->oneof_decl(0));
  if (kind == nullptr) return;
  FillIn(*reflection.MutableMessage(&message, kind), fill);
}

void FillIn(Event& event, uint64_t now_ms, bool fill) {
  FillIn(static_cast<google::protobuf::Message&>(event), fill);
  if (fill && event.timestamp_ms() == 0) event.set_timestamp_ms(now_ms);
  if (!fill && event.timestamp_ms() == now_ms) event.clear_timestamp_ms();
}

// The commit as a story shows it.
v1::AckOrchestrationItemRequest Shown(v1::AckOrchestrationItemRequest ack,
                                      uint64_t now_ms) {
  FillIn(ack, false);
  for (Event& event : *ack.mutable_history_delta()) {
    FillIn(event, now_ms, false);
  }
  for (WorkItem& item : *ack.mutable_worker_items()) FillIn(item, false);
  for (WorkItem& item : *ack.mutable_orchestrator_items()) FillIn(item, false);
  for (auto& activity : *ack.mutable_cancelled_activities()) {
    FillIn(activity, false);
  }
  return ack;
}

void Show(const TurnOutcome& outcome, uint64_t now_ms, Turn& turn) {
  turn.clear_commit();
  turn.clear_abandoned();
  turn.clear_trace();
  if (const auto* ack =
          std::get_if<v1::AckOrchestrationItemRequest>(&outcome.commit)) {
    *turn.mutable_commit() = Shown(*ack, now_ms);
  } else {
    const auto& abandonment = std::get<Abandonment>(outcome.commit);
    turn.set_abandoned(absl::StrCat(absl::FormatDuration(abandonment.delay),
                                    ": ", abandonment.why));
  }
  for (const TraceLine& line : outcome.traces) turn.add_trace(line.message);
}

class Teller {
 public:
  explicit Teller(const Story& story)
      : orchestrations_(StoryOrchestrations()), retold_{.story = story} {
    item_.set_instance(kInstance);
    item_.set_execution_id(1);
    item_.set_version("unknown");
    *item_.mutable_history() = story.history();
    *item_.mutable_kv_snapshot() = story.kv_snapshot();
    for (Event& event : *item_.mutable_history()) {
      FillIn(event, kSecond, true);
      item_.set_execution_id(event.execution_id());
    }
  }

  Retold Tell() && {
    for (Turn& turn : *retold_.story.mutable_turns()) Take(turn);
    return std::move(retold_);
  }

 private:
  void Take(Turn& turn) {
    now_ms_ = turn.has_now_ms() ? turn.now_ms() : now_ms_ + kSecond;
    v1::LockedOrchestrationItem locked;
    locked.set_attempt_count(turn.has_attempt() ? turn.attempt() : 1);
    *locked.mutable_item() = item_;
    for (WorkItem message : turn.messages()) {
      FillIn(message, true);
      *locked.mutable_item()->add_messages() = std::move(message);
    }
    if (turn.has_history_error()) {
      locked.mutable_item()->clear_history();
      locked.mutable_item()->set_history_error(turn.history_error());
    }
    const absl::Time now = absl::FromUnixMillis(static_cast<int64_t>(now_ms_));
    TurnOutcome replayed =
        TakeTurn(locked, orchestrations_, TurnOptions(), now, nullptr);
    Show(replayed, now_ms_, turn);
    if (kept_ != nullptr) {
      const TurnOutcome resumed = TakeTurn(
          locked, orchestrations_, TurnOptions(), now, std::move(kept_));
      Turn other = turn;
      Show(resumed, now_ms_, other);
      if (!MessageDifferencer::Equals(turn, other)) {
        retold_.differences.push_back(other.DebugString());
      }
    }
    if (const auto* ack =
            std::get_if<v1::AckOrchestrationItemRequest>(&replayed.commit)) {
      Commit(*ack);
    }
    kept_ = std::move(replayed.next);
  }

  void Commit(const v1::AckOrchestrationItemRequest& ack) {
    if (ack.execution_id() != item_.execution_id()) {
      item_.clear_history();
      item_.set_execution_id(ack.execution_id());
    }
    item_.mutable_history()->MergeFrom(ack.history_delta());
    if (ack.metadata().has_orchestration_version()) {
      item_.set_version(ack.metadata().orchestration_version());
      item_.set_orchestration_name(ack.metadata().orchestration_name());
    }
  }

  const OrchestrationRegistry orchestrations_;
  Retold retold_;
  v1::OrchestrationItem item_;
  KeptExecution kept_;
  uint64_t now_ms_ = 0;
};

}  // namespace

Retold Retell(const Story& story) { return Teller(story).Tell(); }

std::string ToText(const Story& story) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(story, &text);
  return text;
}

}  // namespace duroxide::runtime
