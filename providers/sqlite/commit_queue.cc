#include "providers/sqlite/commit_queue.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "providers/errors.h"

namespace duroxide::sqlite {
namespace {

// The most requests of one transaction. More make the first one wait longer for
// its answer and gain little: the cost of a commit is shared already.
constexpr size_t kMaxRequests = 64;

// How long the writer stays off the database after a transaction where another
// process writes too, so that both get their turn.
constexpr absl::Duration kYield = absl::Milliseconds(1);

}  // namespace

CommitQueue::CommitQueue(std::unique_ptr<Connection> connection,
                         Executor executor, Companion* companion,
                         EngineObserver* observer, Upkeep upkeep)
    : connection_(std::move(connection)),
      executor_(std::move(executor)),
      companion_(companion),
      observer_(observer),
      upkeep_(std::move(upkeep)),
      thread_([this] { Loop(); }) {}

CommitQueue::~CommitQueue() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void CommitQueue::Submit(Work work, Finish finish) {
  std::lock_guard lock(mutex_);
  requests_.push_back({std::move(work), std::move(finish)});
  // Under the lock: once it is let go, the request may be answered and the
  // queue destroyed.
  if (requests_.size() == 1) wake_.notify_one();
}

void CommitQueue::Post(Task task) {
  std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  wake_.notify_one();
}

void CommitQueue::Loop() {
  std::vector<Request> requests;
  std::vector<Task> tasks;
  while (WaitForWork(requests, tasks)) {
    for (Task& task : tasks) task();
    tasks.clear();

    const bool others_wrote = OthersWrote();
    std::vector<Finish> finished;
    const bool wanted = companion_->Prepare(others_wrote, finished);
    std::vector<Ended> ended;
    for (Finish& finish : finished) {
      ended.push_back({std::move(finish), absl::OkStatus()});
    }
    Tell(std::move(ended));
    if (wanted || !requests.empty()) {
      RunTransaction(std::exchange(requests, {}));
      if (others_wrote) absl::SleepFor(kYield);
    }
  }
}

bool CommitQueue::WaitForWork(std::vector<Request>& requests,
                              std::vector<Task>& tasks) {
  const absl::Time next_run = companion_->NextRun();
  std::unique_lock lock(mutex_);
  const auto something = [this] {
    return stopping_ || !requests_.empty() || !tasks_.empty();
  };
  if (next_run == absl::InfiniteFuture()) {
    wake_.wait(lock, something);
  } else {
    // A duration on the steady clock, and at most an hour of it: a step of the
    // system clock can delay a round, but not for good.
    const absl::Duration pause = std::clamp(
        next_run - absl::Now(), absl::ZeroDuration(), absl::Hours(1));
    wake_.wait_for(lock, absl::ToChronoNanoseconds(pause), something);
  }
  tasks = std::exchange(tasks_, {});
  while (!requests_.empty() && requests.size() < kMaxRequests) {
    requests.push_back(std::move(requests_.front()));
    requests_.pop_front();
  }
  return !stopping_ || !requests.empty() || !tasks.empty();
}

void CommitQueue::RunTransaction(std::vector<Request> requests) {
  const absl::Time begin = absl::Now();
  std::vector<Ended> ended;
  connection_->Run("BEGIN IMMEDIATE");
  for (Request& request : requests) {
    absl::Status status = absl::OkStatus();
    // Once the transaction as a whole has failed, the rest fails with it.
    if (connection_->error().ok() && connection_->InTransaction()) {
      status =
          InSavepoint(*connection_, [&] { return request.work(*connection_); });
    }
    ended.push_back({std::move(request.finish), std::move(status)});
  }
  if (connection_->error().ok() && connection_->InTransaction()) {
    std::vector<Finish> finished;
    companion_->BeforeCommit(*connection_, finished);
    for (Finish& finish : finished) {
      ended.push_back({std::move(finish), absl::OkStatus()});
    }
  }
  // What failed by itself may have failed because of what was never committed,
  // so the failure of the commit is everybody's.
  if (absl::Status committed = Commit(); !committed.ok()) {
    for (Ended& one : ended) one.status = committed;
    companion_->AfterRollback();
  } else if (observer_ != nullptr) {
    observer_->OnCommit(static_cast<int64_t>(ended.size()),
                        absl::Now() - begin);
  }
  Tell(std::move(ended));
  if (upkeep_) upkeep_(*connection_);
}

absl::Status CommitQueue::Commit() {
  if (connection_->InTransaction()) connection_->Run("COMMIT");
  absl::Status status = connection_->error();
  if (status.ok()) return status;
  connection_->ClearError();
  if (connection_->InTransaction()) connection_->Run("ROLLBACK");
  connection_->ClearError();
  return status;
}

bool CommitQueue::OthersWrote() {
  const std::optional<int64_t> version =
      connection_->Number("PRAGMA data_version");
  connection_->ClearError();  // asked again before the next transaction
  const bool changed = data_version_.has_value() && version != data_version_;
  data_version_ = version;
  return changed;
}

void CommitQueue::Tell(std::vector<Ended> ended) {
  if (ended.empty()) return;
  executor_([ended = std::move(ended)]() mutable {
    for (Ended& one : ended) one.finish(std::move(one.status));
  });
}

}  // namespace duroxide::sqlite
