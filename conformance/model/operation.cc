#include "conformance/model/operation.h"

#include <random>
#include <string_view>

#include "conformance/text.h"

namespace duroxide::conformance::model {
namespace {

// How often an action comes up, of all in its queue.
struct Weight {
  Action action;
  int weight;
};

constexpr Weight kOfTheOrchestratorQueue[] = {
    {Action::kEnqueueStart, 3}, {Action::kEnqueueEvent, 4},
    {Action::kFetch, 7},        {Action::kAck, 4},
    {Action::kAbandon, 3},      {Action::kRenew, 2}};

constexpr Weight kOfTheWorkerQueue[] = {{Action::kEnqueueActivity, 6},
                                        {Action::kFetchActivity, 7},
                                        {Action::kAckActivity, 3},
                                        {Action::kAbandonActivity, 3},
                                        {Action::kRenewActivity, 2}};

// Waits take time, so there are few: of a hundred operations, and in all.
constexpr uint64_t kWaitsInAHundred = 8;
constexpr int kMostWaits = 3;

// Distributions of the standard library differ between its makers; this does
// not.
class Chance {
 public:
  explicit Chance(uint64_t seed) : random_(seed) {}

  // 0 to n - 1.
  uint64_t Below(uint64_t n) { return random_() % n; }
  // True once in n times.
  bool Once(uint64_t in_n) { return Below(in_n) == 0; }

  template <size_t count>
  Action Choose(const Weight (&weights)[count]) {
    int sum = 0;
    for (const Weight& each : weights) sum += each.weight;
    int left = static_cast<int>(Below(static_cast<uint64_t>(sum)));
    for (const Weight& each : weights) {
      left -= each.weight;
      if (left < 0) return each.action;
    }
    return weights[0].action;
  }

  Action Choose(Scope scope) {
    if (Below(100) < kWaitsInAHundred && waits_ < kMostWaits) {
      ++waits_;
      return Action::kWait;
    }
    const bool of_workers = scope == Scope::kWorkerQueue ||
                            (scope == Scope::kBothQueues && Once(2));
    return of_workers ? Choose(kOfTheWorkerQueue)
                      : Choose(kOfTheOrchestratorQueue);
  }

 private:
  std::mt19937_64 random_;
  int waits_ = 0;
};

std::string LockText(size_t lock) {
  if (lock == 0) return "the latest lock";
  if (lock == 1) return "the lock before the latest";
  return Concat("the lock ", lock, " before the latest");
}

}  // namespace

std::string TextOf(const Operation& operation) {
  const auto instance = [&] { return std::string(1, operation.instance); };
  const std::string length = operation.lasting ? ", lasting" : ", short";
  const std::string hidden = operation.delayed ? ", delayed" : "";
  const std::string attempt = operation.ignore_attempt ? ", not counted" : "";
  switch (operation.action) {
    case Action::kEnqueueStart:
      return Concat("enqueue a start for ", instance());
    case Action::kEnqueueEvent:
      return Concat("enqueue an event for ", instance(), hidden);
    case Action::kFetch:
      return Concat("fetch an instance", length);
    case Action::kAck:
      return Concat("ack ", LockText(operation.lock),
                    operation.enqueues ? Concat(", with an event for ",
                                                instance(), " and an activity")
                                       : "");
    case Action::kAbandon:
      return Concat("abandon ", LockText(operation.lock), hidden, attempt);
    case Action::kRenew:
      return Concat("renew ", LockText(operation.lock), length);
    case Action::kEnqueueActivity:
      return Concat("enqueue an activity of ", instance());
    case Action::kFetchActivity:
      return Concat("fetch an activity", length);
    case Action::kAckActivity:
      return Concat("ack ", LockText(operation.lock), " of an activity",
                    operation.enqueues ? ", with a completion" : "");
    case Action::kAbandonActivity:
      return Concat("abandon ", LockText(operation.lock), " of an activity",
                    hidden, attempt);
    case Action::kRenewActivity:
      return Concat("renew ", LockText(operation.lock), " of an activity",
                    length);
    case Action::kWait:
      return "wait until short locks and delays are over";
  }
  return "";
}

bool NeedsLock(const Operation& operation) {
  switch (operation.action) {
    case Action::kAck:
    case Action::kAbandon:
    case Action::kRenew:
    case Action::kAckActivity:
    case Action::kAbandonActivity:
    case Action::kRenewActivity:
      return true;
    default:
      return false;
  }
}

bool BeginsShortTime(const Operation& operation) {
  switch (operation.action) {
    case Action::kFetch:
    case Action::kRenew:
    case Action::kFetchActivity:
    case Action::kRenewActivity:
      return !operation.lasting;
    case Action::kEnqueueEvent:
    case Action::kAbandon:
    case Action::kAbandonActivity:
      return operation.delayed;
    default:
      return false;
  }
}

std::vector<Operation> RandomOperations(uint64_t seed, size_t count,
                                        Scope scope) {
  Chance chance(seed);
  std::vector<Operation> operations(count);
  for (Operation& operation : operations) {
    operation.action = chance.Choose(scope);
    operation.instance = static_cast<char>('a' + chance.Below(3));
    // Mostly a lock that is still held.
    operation.lock = chance.Once(2) ? 0 : chance.Below(4);
    operation.lasting = chance.Once(2);
    operation.delayed = chance.Once(4);
    operation.ignore_attempt = chance.Once(3);
    operation.enqueues = chance.Once(2);
  }
  return operations;
}

}  // namespace duroxide::conformance::model
