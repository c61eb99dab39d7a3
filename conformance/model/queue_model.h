#ifndef DUROXIDE_CONFORMANCE_MODEL_QUEUE_MODEL_H_
#define DUROXIDE_CONFORMANCE_MODEL_QUEUE_MODEL_H_

// What a provider must answer: both queues as the contract describes them, in
// memory, without a clock.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "conformance/model/operation.h"

namespace duroxide::conformance::model {

// What came of an operation.
struct Outcome {
  enum class Kind { kOk, kLockLost, kNothing, kItem, kError };

  bool operator==(const Outcome&) const = default;

  Kind kind = Kind::kOk;
  // An item: the instance, the numbers of its messages, and its attempts. An
  // activity has one message.
  char instance = 0;
  std::vector<int> messages = {};
  uint32_t attempts = 0;
  // An error that no operation may give: what was said.
  std::string error = {};
};

// For people: "instance a with messages 1, 3, attempt 2".
std::string TextOf(const Outcome& outcome);

// Both queues. Messages are numbered 1, 2, 3 and so on as they are enqueued, in
// one count for both queues.
class QueueModel {
 public:
  // All outcomes that the contract allows now. It is one, but for fetches where
  // two moments may or may not be the same millisecond (FETCH-3).
  std::vector<Outcome> Allowed(const Operation& operation) const;

  // Does the operation, which had this outcome, one of those allowed.
  void Do(const Operation& operation, const Outcome& outcome);

  // The number that the next message gets.
  int next_message() const { return next_message_; }

  // The lock that an ack, abandon or renewal is about, by its place in the
  // order in which its queue gave them; -1 where there is none yet.
  int LockOf(const Operation& operation) const;

  // The instance of a lock's item.
  char InstanceOf(const Operation& operation) const;

 private:
  // A moment on the provider's clock, as far as it can be known. What is
  // delayed comes after all that is enqueued before the next wait and before
  // all that is enqueued after it.
  struct Moment {
    int waits = 0;
    bool delayed = false;
    int step = 0;
  };

  struct Message {
    int number = 0;
    char instance = 0;
    bool is_start = false;
    Moment visible_from = {};
    bool hidden = false;
    uint32_t attempts = 0;
  };

  struct Lock {
    char instance = 0;
    std::vector<int> batch = {};
    bool lasting = false;
    bool live = true;
  };

  // A queue, its messages in the order in which they were enqueued.
  struct Queue {
    std::vector<Message> messages = {};
    std::vector<Lock> locks = {};

    bool IsLocked(int message) const;
  };

  Moment At(bool delayed) const { return {waits_, delayed, step_}; }
  // True where `a` is earlier than `b` whatever the clock's grain.
  static bool SurelyBefore(const Message& a, const Message& b);

  const Queue& QueueOf(Action action) const;
  Queue& QueueOf(Action action);

  std::vector<Outcome> AllowedFetches() const;
  Outcome FetchOfActivity() const;
  // The messages of an instance that a fetch would give; empty where it would
  // give none.
  std::vector<const Message*> BatchOf(char instance) const;

  void Enqueue(Queue& queue, char instance, bool is_start, bool delayed);
  void GiveUp(const Operation& operation, Queue& queue, Lock& lock);
  void GiveBack(const Operation& operation, Queue& queue, Lock& lock);
  void Wait();

  Queue instances_;
  Queue activities_;
  // The instances that have a record.
  std::set<char> records_;
  int next_message_ = 1;
  int step_ = 0;
  int waits_ = 0;
};

}  // namespace duroxide::conformance::model

#endif  // DUROXIDE_CONFORMANCE_MODEL_QUEUE_MODEL_H_
