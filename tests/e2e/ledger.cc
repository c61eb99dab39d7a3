#include "tests/e2e/ledger.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace duroxide::e2e {
namespace {

// Far more than any wait of a healthy test, sanitizers included.
constexpr std::chrono::minutes kHang(3);

std::string Show(const MessageBytes& bytes) {
  v1::WorkItem item;
  item.ParseFromString(bytes);
  return item.ShortDebugString();
}

std::string Show(const History& history) {
  std::string text;
  for (const auto& [id, bytes] : history) {
    v1::Event event;
    event.ParseFromString(bytes);
    absl::StrAppend(&text, "\n  ", event.ShortDebugString());
  }
  return text;
}

}  // namespace

History HistoryOf(const google::protobuf::RepeatedPtrField<v1::Event>& events) {
  History history;
  for (const v1::Event& event : events) {
    history[event.event_id()] = event.SerializeAsString();
  }
  return history;
}

Effect EffectOfEnqueue(const v1::WorkItem& item) {
  return {.adds = {item.SerializeAsString()}};
}

Effect EffectOfAck(const v1::LockedOrchestrationItem& held,
                   const v1::AckOrchestrationItemRequest& ack) {
  Effect effect;
  for (const v1::WorkItem& message : held.item().messages()) {
    effect.removes.push_back(message.SerializeAsString());
  }
  for (const v1::WorkItem& item : ack.worker_items()) {
    effect.adds.push_back(item.SerializeAsString());
  }
  for (const v1::WorkItem& item : ack.orchestrator_items()) {
    effect.adds.push_back(item.SerializeAsString());
  }
  effect.instance = held.item().instance();
  effect.events = HistoryOf(ack.history_delta());
  return effect;
}

Effect EffectOfAck(const v1::LockedWorkItem& held,
                   const v1::AckWorkItemRequest& ack) {
  Effect effect{.removes = {held.item().SerializeAsString()}};
  if (ack.has_completion()) {
    effect.adds.push_back(ack.completion().SerializeAsString());
  }
  return effect;
}

Ledger::Operation Ledger::Begin(Effect effect) {
  const std::lock_guard lock(mutex_);
  if (!effect.instance.empty()) touched_.insert(effect.instance);
  ever_sent_.insert(effect.adds.begin(), effect.adds.end());
  open_[next_operation_] = std::move(effect);
  return next_operation_++;
}

void Ledger::End(Operation operation, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  if (outcome == Outcome::kUnknown) return;
  if (outcome == Outcome::kDone) {
    Apply(open_.at(operation));
    ++acknowledged_;
    changed_.notify_all();
  }
  open_.erase(operation);
}

void Ledger::Given(const v1::WorkItem& message, absl::Time asked) {
  const MessageBytes bytes = message.SerializeAsString();
  const std::lock_guard lock(mutex_);
  if (!ever_sent_.contains(bytes)) {
    faults_.Add("given, and never sent: " + Show(bytes));
  }
  const auto gone = gone_since_.find(bytes);
  if (gone != gone_since_.end() && gone->second < asked) {
    faults_.Add("given again after its ack: " + Show(bytes));
  }
}

bool Ledger::WaitForAcknowledged(int64_t count) {
  std::unique_lock lock(mutex_);
  const int64_t goal = acknowledged_ + count;
  return changed_.wait_for(lock, kHang, [&] { return acknowledged_ >= goal; });
}

int64_t Ledger::Backlog() const {
  const std::lock_guard lock(mutex_);
  return backlog_;
}

bool Ledger::WaitForEmptyQueues() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kHang, [&] { return backlog_ == 0; });
}

std::set<std::string> Ledger::TouchedInstances() const {
  const std::lock_guard lock(mutex_);
  return touched_;
}

int Ledger::Audit(const Holding& found) {
  const std::lock_guard lock(mutex_);
  const int done = Settle(found);
  CompareMessages(found.messages);
  CompareHistories(found.histories);
  touched_.clear();
  return done;
}

std::set<std::string> Ledger::Instances() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> instances;
  for (const auto& [instance, history] : histories_) instances.insert(instance);
  return instances;
}

std::set<MessageBytes> Ledger::EverEnqueued() const {
  const std::lock_guard lock(mutex_);
  return ever_enqueued_;
}

void Ledger::Apply(const Effect& effect) {
  for (const MessageBytes& message : effect.removes) {
    --balance_[message];
    --backlog_;
    gone_since_[message] = absl::Now();
  }
  for (const MessageBytes& message : effect.adds) {
    ++balance_[message];
    ++backlog_;
    ever_enqueued_.insert(message);
  }
  for (const auto& [id, event] : effect.events) {
    if (!histories_[effect.instance].emplace(id, event).second) {
      faults_.Add(
          absl::StrCat("two acks wrote event ", id, " of ", effect.instance));
    }
  }
}

// What an operation left behind is either still there or was taken away by one
// that is known to be done: then the balance of the message is below zero.
bool Ledger::TurnsOutDone(const Effect& effect, const Holding& found) const {
  if (!effect.events.empty()) {
    const auto history = found.histories.find(effect.instance);
    if (history == found.histories.end()) return false;
    const auto& [id, event] = *effect.events.begin();
    const auto stored = history->second.find(id);
    return stored != history->second.end() && stored->second == event;
  }
  const auto balance = [this](const MessageBytes& message) {
    const auto known = balance_.find(message);
    return known == balance_.end() ? 0 : known->second;
  };
  if (!effect.adds.empty()) {
    const MessageBytes& added = effect.adds.front();
    return found.messages.contains(added) || balance(added) < 0;
  }
  if (effect.removes.empty()) return false;  // it leaves no trace
  const MessageBytes& removed = effect.removes.front();
  return !found.messages.contains(removed) && balance(removed) > 0;
}

int Ledger::Settle(const Holding& found) {
  int done = 0;
  // One that turns out to be done may show that another was.
  for (bool progress = true; progress;) {
    progress = false;
    for (auto it = open_.begin(); it != open_.end();) {
      if (!TurnsOutDone(it->second, found)) {
        ++it;
        continue;
      }
      Apply(it->second);
      it = open_.erase(it);
      ++done;
      progress = true;
    }
  }
  open_.clear();
  return done;
}

void Ledger::CompareMessages(const std::set<MessageBytes>& found) {
  for (const auto& [message, balance] : balance_) {
    if (balance != 0 && balance != 1) {
      faults_.Add(absl::StrCat("balance ", balance, ": ", Show(message)));
    } else if (balance == 1 && !found.contains(message)) {
      faults_.Add("lost, or still locked: " + Show(message));
    }
  }
  for (const MessageBytes& message : found) {
    const auto known = balance_.find(message);
    if (known == balance_.end() || known->second != 1) {
      faults_.Add("there, and should not be: " + Show(message));
    }
  }
}

void Ledger::CompareHistories(const std::map<std::string, History>& found) {
  for (const auto& [instance, history] : found) {
    if (history != histories_[instance]) {
      faults_.Add(absl::StrCat("history of ", instance, " is", Show(history),
                               "\nand should be", Show(histories_[instance])));
    }
  }
  for (const std::string& instance : touched_) {
    if (!found.contains(instance)) {
      faults_.Add("the audit left out " + instance);
    }
  }
}

}  // namespace duroxide::e2e
