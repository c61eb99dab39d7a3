#include "conformance/model/queue_model.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "conformance/text.h"

namespace duroxide::conformance::model {
namespace {

bool Contains(const std::vector<int>& numbers, int number) {
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

Outcome Nothing() { return {.kind = Outcome::Kind::kNothing}; }

}  // namespace

std::string TextOf(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kOk:
      return "OK";
    case Outcome::Kind::kLockLost:
      return "LOCK_LOST";
    case Outcome::Kind::kNothing:
      return "nothing";
    case Outcome::Kind::kError:
      return outcome.error;
    case Outcome::Kind::kItem:
      break;
  }
  std::vector<std::string> numbers;
  for (const int number : outcome.messages) {
    numbers.push_back(std::to_string(number));
  }
  return Concat("instance ", outcome.instance, " with message",
                numbers.size() == 1 ? " " : "s ", Join(numbers, ", "),
                ", attempt ", outcome.attempts);
}

bool QueueModel::Queue::IsLocked(int message) const {
  return std::any_of(locks.begin(), locks.end(), [&](const Lock& lock) {
    return lock.live && Contains(lock.batch, message);
  });
}

bool QueueModel::SurelyBefore(const Message& a, const Message& b) {
  const auto span = [](const Message& message) {
    return std::tuple(message.visible_from.waits, message.visible_from.delayed);
  };
  if (span(a) != span(b)) return span(a) < span(b);
  // Within one span two moments may be the same, and then the order of
  // enqueueing decides.
  return a.visible_from.step <= b.visible_from.step && a.number < b.number;
}

const QueueModel::Queue& QueueModel::QueueOf(Action action) const {
  switch (action) {
    case Action::kEnqueueActivity:
    case Action::kFetchActivity:
    case Action::kAckActivity:
    case Action::kAbandonActivity:
    case Action::kRenewActivity:
      return activities_;
    default:
      return instances_;
  }
}

QueueModel::Queue& QueueModel::QueueOf(Action action) {
  return const_cast<Queue&>(std::as_const(*this).QueueOf(action));
}

int QueueModel::LockOf(const Operation& operation) const {
  const auto count = QueueOf(operation.action).locks.size();
  if (count == 0) return -1;
  return static_cast<int>(count - 1 - operation.lock % count);
}

char QueueModel::InstanceOf(const Operation& operation) const {
  const auto lock = static_cast<size_t>(LockOf(operation));
  return QueueOf(operation.action).locks[lock].instance;
}

std::vector<Outcome> QueueModel::Allowed(const Operation& operation) const {
  switch (operation.action) {
    case Action::kFetch:
      return AllowedFetches();
    case Action::kFetchActivity:
      return {FetchOfActivity()};
    case Action::kEnqueueStart:
    case Action::kEnqueueEvent:
    case Action::kEnqueueActivity:
    case Action::kWait:
      return {Outcome()};
    default:
      break;
  }
  const int lock = LockOf(operation);
  const bool held =
      lock >= 0 &&
      QueueOf(operation.action).locks[static_cast<size_t>(lock)].live;
  return {{.kind = held ? Outcome::Kind::kOk : Outcome::Kind::kLockLost}};
}

std::vector<const QueueModel::Message*> QueueModel::BatchOf(
    char instance) const {
  // FETCH-1: the instance is locked, whatever message the lock is for.
  const bool locked = std::any_of(
      instances_.locks.begin(), instances_.locks.end(),
      [&](const Lock& lock) { return lock.live && lock.instance == instance; });
  if (locked) return {};
  std::vector<const Message*> batch;
  bool has_start = records_.contains(instance);
  for (const Message& message : instances_.messages) {
    if (message.instance != instance || message.hidden) continue;
    has_start = has_start || message.is_start;
    batch.push_back(&message);
  }
  // FETCH-5: messages wait for the start of their instance.
  if (!has_start) batch.clear();
  return batch;
}

std::vector<Outcome> QueueModel::AllowedFetches() const {
  std::set<char> names;
  for (const Message& message : instances_.messages) {
    names.insert(message.instance);
  }
  std::vector<std::vector<const Message*>> batches;
  for (const char name : names) {
    if (auto batch = BatchOf(name); !batch.empty()) batches.push_back(batch);
  }
  // FETCH-3: an instance may come first where no message of another one surely
  // comes before all of its own.
  const auto is_passed_by = [](const auto& batch, const auto& other) {
    return std::any_of(other.begin(), other.end(), [&](const Message* before) {
      return std::all_of(batch.begin(), batch.end(), [&](const Message* after) {
        return SurelyBefore(*before, *after);
      });
    });
  };
  std::vector<Outcome> allowed;
  for (const auto& batch : batches) {
    const bool passed =
        std::any_of(batches.begin(), batches.end(), [&](const auto& other) {
          return &other != &batch && is_passed_by(batch, other);
        });
    if (passed) continue;
    Outcome outcome{.kind = Outcome::Kind::kItem,
                    .instance = batch.front()->instance};
    for (const Message* message : batch) {
      outcome.messages.push_back(message->number);
      outcome.attempts = std::max(outcome.attempts, message->attempts + 1);
    }
    allowed.push_back(std::move(outcome));
  }
  if (allowed.empty()) allowed.push_back(Nothing());
  return allowed;
}

Outcome QueueModel::FetchOfActivity() const {
  for (const Message& message : activities_.messages) {
    if (message.hidden || activities_.IsLocked(message.number)) continue;
    return {.kind = Outcome::Kind::kItem,
            .instance = message.instance,
            .messages = {message.number},
            .attempts = message.attempts + 1};
  }
  return Nothing();
}

void QueueModel::Do(const Operation& operation, const Outcome& outcome) {
  ++step_;
  Queue& queue = QueueOf(operation.action);
  switch (operation.action) {
    case Action::kEnqueueStart:
      return Enqueue(queue, operation.instance, true, false);
    case Action::kEnqueueEvent:
      return Enqueue(queue, operation.instance, false, operation.delayed);
    case Action::kEnqueueActivity:
      return Enqueue(queue, operation.instance, false, false);
    case Action::kFetch:
    case Action::kFetchActivity:
      if (outcome.kind != Outcome::Kind::kItem) return;
      for (Message& message : queue.messages) {
        if (Contains(outcome.messages, message.number)) ++message.attempts;
      }
      queue.locks.push_back(
          {outcome.instance, outcome.messages, operation.lasting});
      return;
    case Action::kWait:
      return Wait();
    default:
      break;
  }
  if (outcome.kind != Outcome::Kind::kOk) return;
  Lock& lock = queue.locks[static_cast<size_t>(LockOf(operation))];
  switch (operation.action) {
    case Action::kAck:
    case Action::kAckActivity:
      return GiveUp(operation, queue, lock);
    case Action::kAbandon:
    case Action::kAbandonActivity:
      return GiveBack(operation, queue, lock);
    default:  // renewals
      lock.lasting = operation.lasting;
  }
}

void QueueModel::Enqueue(Queue& queue, char instance, bool is_start,
                         bool delayed) {
  queue.messages.push_back({.number = next_message_++,
                            .instance = instance,
                            .is_start = is_start,
                            .visible_from = At(delayed),
                            .hidden = delayed});
}

// An ack.
void QueueModel::GiveUp(const Operation& operation, Queue& queue, Lock& lock) {
  lock.live = false;
  std::erase_if(queue.messages, [&](const Message& message) {
    return Contains(lock.batch, message.number);
  });
  if (operation.action == Action::kAck) {
    records_.insert(lock.instance);
    if (!operation.enqueues) return;
    Enqueue(instances_, operation.instance, false, false);
    Enqueue(activities_, lock.instance, false, false);
  } else if (operation.enqueues) {
    Enqueue(instances_, lock.instance, false, false);
  }
}

// An abandon.
void QueueModel::GiveBack(const Operation& operation, Queue& queue,
                          Lock& lock) {
  lock.live = false;
  for (Message& message : queue.messages) {
    if (!Contains(lock.batch, message.number)) continue;
    if (operation.ignore_attempt && message.attempts > 0) --message.attempts;
    if (!operation.delayed) continue;
    message.hidden = true;
    message.visible_from = At(/*delayed=*/true);
  }
}

void QueueModel::Wait() {
  ++waits_;
  for (Queue* queue : {&instances_, &activities_}) {
    for (Message& message : queue->messages) message.hidden = false;
    for (Lock& lock : queue->locks) lock.live = lock.live && lock.lasting;
  }
}

}  // namespace duroxide::conformance::model
