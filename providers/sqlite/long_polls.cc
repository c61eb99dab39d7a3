#include "providers/sqlite/long_polls.h"

#include <algorithm>
#include <iterator>

#include "absl/time/clock.h"
#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

// How often to look whether another process has written, while somebody waits.
constexpr absl::Duration kLookForOthers = absl::Milliseconds(10);

// How soon to try again what a failed transaction could not do.
constexpr absl::Duration kRetryPause = absl::Milliseconds(20);

CommitQueue::Finish FinishWith(std::shared_ptr<Fetch> fetch,
                               absl::Status status) {
  return [fetch = std::move(fetch),
          status = std::move(status)](const absl::Status& committed) {
    fetch->finish(committed.ok() ? status : committed);
  };
}

}  // namespace

LongPolls::LongPolls(bool shared_file, NextDue next_due,
                     EngineObserver* observer)
    : shared_file_(shared_file),
      next_due_(std::move(next_due)),
      observer_(observer) {}

void LongPolls::Add(Connection& db, std::shared_ptr<Fetch> fetch) {
  const WaitId id = next_id_++;
  const QueueKey queue = fetch->queue;
  Group& group = groups_[queue];
  group.by_shape[fetch->shape].insert(id);
  deadlines_.emplace(fetch->deadline, id);
  CountWaits(queue.second, +1);
  const std::stop_token stop = fetch->stop;
  Wait& wait = waits_[id];
  wait.fetch = std::move(fetch);
  // Runs at once where the caller has stopped already.
  wait.on_stop = std::make_unique<std::stop_callback<std::function<void()>>>(
      stop, [this, id] { post_([this, id] { EndStopped(id); }); });
  SetDue(queue, group, next_due_(db, queue));
}

bool LongPolls::AnyWaiting(const QueueKey& queue,
                           const std::string& shape) const {
  const auto group = groups_.find(queue);
  return group != groups_.end() && group->second.by_shape.contains(shape);
}

void LongPolls::TouchStore(int64_t store) {
  Touch({store, Queue::kOrchestrator});
  Touch({store, Queue::kWorker});
}

void LongPolls::EndAll() {
  open_ = false;
  while (!waits_.empty()) EndStopped(waits_.begin()->first);
}

absl::Time LongPolls::NextRun() {
  if (!stopped_.empty()) return absl::InfinitePast();
  absl::Time next = absl::InfiniteFuture();
  if (!touched_.empty()) next = absl::Now() + kRetryPause;
  if (!deadlines_.empty()) next = std::min(next, deadlines_.begin()->first);
  if (!due_groups_.empty()) next = std::min(next, due_groups_.begin()->first);
  if (shared_file_ && !waits_.empty()) {
    next = std::min(next, absl::Now() + kLookForOthers);
  }
  return next;
}

bool LongPolls::Prepare(bool others_wrote,
                        std::vector<CommitQueue::Finish>& finished) {
  std::move(stopped_.begin(), stopped_.end(), std::back_inserter(finished));
  stopped_.clear();
  const absl::Time now = absl::Now();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    finished.push_back(
        FinishWith(Remove(deadlines_.begin()->second), absl::OkStatus()));
  }
  if (others_wrote) {
    for (const auto& [queue, group] : groups_) touched_.insert(queue);
  }
  while (!due_groups_.empty() && due_groups_.begin()->first <= now) {
    const QueueKey queue = due_groups_.begin()->second;
    touched_.insert(queue);
    SetDue(queue, groups_[queue], kNeverUs);
  }
  std::erase_if(touched_, [this](const QueueKey& queue) {
    return !groups_.contains(queue);
  });
  return !touched_.empty();
}

void LongPolls::BeforeCommit(Connection& connection,
                             std::vector<CommitQueue::Finish>& finished) {
  for (const QueueKey& queue : std::exchange(touched_, {})) {
    if (groups_.contains(queue)) TryGroup(connection, queue, finished);
  }
}

void LongPolls::AfterRollback() {
  // What a wait did not find may have been taken by another whose taking is
  // undone.
  for (const auto& [queue, group] : groups_) touched_.insert(queue);
}

void LongPolls::TryGroup(Connection& db, const QueueKey& queue,
                         std::vector<CommitQueue::Finish>& finished) {
  const absl::Status freed = InSavepoint(db, [&] {
    free_expired_(db, queue);
    return absl::OkStatus();
  });
  if (!freed.ok()) {
    touched_.insert(queue);  // tried again soon
    return;
  }
  std::vector<std::string> shapes;
  for (const auto& [shape, ids] : groups_[queue].by_shape) {
    shapes.push_back(shape);
  }
  for (const std::string& shape : shapes) {
    for (;;) {
      // Looked up anew: the last wait of a group takes the group with it.
      const auto group = groups_.find(queue);
      if (group == groups_.end()) return;
      const auto ids = group->second.by_shape.find(shape);
      if (ids == group->second.by_shape.end()) break;
      if (!TryWait(db, *ids->second.begin(), finished)) break;
    }
  }
  const auto group = groups_.find(queue);
  if (group != groups_.end()) {
    SetDue(queue, group->second, next_due_(db, queue));
  }
}

bool LongPolls::TryWait(Connection& db, WaitId id,
                        std::vector<CommitQueue::Finish>& finished) {
  const std::shared_ptr<Fetch> fetch = waits_.at(id).fetch;
  bool found = false;
  absl::Status status = absl::OkStatus();
  if (!fetch->stop.stop_requested()) {
    status = InSavepoint(db, [&] {
      absl::StatusOr<bool> attempt = fetch->attempt(db);
      found = attempt.ok() && *attempt;
      return attempt.status();
    });
    if (status.ok() && !found) return false;
  }
  Remove(id);
  finished.push_back(FinishWith(fetch, std::move(status)));
  return true;
}

void LongPolls::SetDue(const QueueKey& queue, Group& group, int64_t due_us) {
  due_groups_.erase({group.due, queue});
  group.due =
      due_us < kNeverUs ? absl::FromUnixMicros(due_us) : absl::InfiniteFuture();
  if (due_us < kNeverUs) due_groups_.emplace(group.due, queue);
}

std::shared_ptr<Fetch> LongPolls::Remove(WaitId id) {
  const auto wait = waits_.find(id);
  std::shared_ptr<Fetch> fetch = std::move(wait->second.fetch);
  // Waits for a callback that runs right now; it only posts a task.
  waits_.erase(wait);
  deadlines_.erase({fetch->deadline, id});
  CountWaits(fetch->queue.second, -1);
  const auto group = groups_.find(fetch->queue);
  const auto ids = group->second.by_shape.find(fetch->shape);
  ids->second.erase(id);
  if (ids->second.empty()) group->second.by_shape.erase(ids);
  if (group->second.by_shape.empty()) {
    due_groups_.erase({group->second.due, fetch->queue});
    groups_.erase(group);
  }
  return fetch;
}

void LongPolls::EndStopped(WaitId id) {
  if (!waits_.contains(id)) return;
  stopped_.push_back(FinishWith(Remove(id), absl::OkStatus()));
}

void LongPolls::CountWaits(Queue queue, int64_t change) {
  waiting_[queue] += change;
  if (observer_ != nullptr) {
    observer_->OnLongPollsWaiting(queue, waiting_[queue]);
  }
}

}  // namespace duroxide::sqlite
