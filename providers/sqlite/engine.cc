#include "providers/sqlite/engine.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/request_log.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/worker_queue.h"
#include "providers/validation.h"

namespace duroxide::sqlite {
namespace {

// How many requests with an id go between two rounds of forgetting. A round
// forgets more than that, so that what is remembered does not grow.
constexpr int kForgetEvery = 64;

// Where outcomes are kept that outlive their store. No store has this key.
constexpr int64_t kNoStore = 0;

// A request id in the store of that name, as one text for every pair.
std::string IdInStore(std::string_view store, std::string_view request_id) {
  return absl::StrCat(store.size(), ":", std::string(store),
                      std::string(request_id));
}

// A thread that reads nothing.
std::unique_ptr<WorkerThreads> WithoutConnection() {
  std::vector<std::unique_ptr<Connection>> none(1);
  return std::make_unique<WorkerThreads>(std::move(none));
}

int64_t NextDue(Connection& db, const QueueKey& queue) {
  return queue.second == Queue::kOrchestrator
             ? NextTurnDue(db, queue.first, NowUs())
             : NextWorkDue(db, queue.first);
}

}  // namespace

Engine::Engine(Connections connections, bool shared_file,
               EngineObserver* observer)
    : has_readers_(!connections.readers.empty()),
      observer_(observer),
      polls_(shared_file, &NextDue, observer),
      readers_(std::make_unique<WorkerThreads>(std::move(connections.readers))),
      teller_(WithoutConnection()) {
  CommitQueue::Upkeep upkeep;
  if (connections.checkpoints != nullptr) {
    checkpoints_ = std::make_unique<Checkpoints>(
        std::move(connections.checkpoints), [this](Checkpoints::Task copy) {
          readers_->Add(
              [copy = std::move(copy)](Connection*) mutable { copy(); });
        });
    connections.writer->CountLogPages();
    upkeep = [this](Connection& writer) { checkpoints_->AfterCommit(writer); };
  }
  queue_ = std::make_unique<CommitQueue>(
      std::move(connections.writer),
      [this](CommitQueue::Task task) {
        teller_->Add([task = std::move(task)](Connection*) mutable { task(); });
      },
      &polls_, observer, std::move(upkeep));
  polls_.set_free_expired([this](Connection& db, const QueueKey& queue) {
    FreeExpired(db, queue);
  });
  polls_.set_post(
      [this](CommitQueue::Task task) { queue_->Post(std::move(task)); });
}

Engine::~Engine() {
  queue_->Post([this] { polls_.EndAll(); });
  // A call may still go from the queue to the threads and back.
  calls_.WaitForNone();
  queue_.reset();
  teller_.reset();
  readers_.reset();
  checkpoints_.reset();
}

void Engine::FreeExpired(Connection& db, const QueueKey& queue) {
  const int64_t locks = queue.second == Queue::kOrchestrator
                            ? FreeExpiredTurns(db, queue.first, NowUs())
                            : FreeExpiredWork(db, queue.first, NowUs());
  if (locks > 0 && observer_ != nullptr) {
    observer_->OnLocksExpired(queue.second, locks);
  }
}

void Engine::Call::Finish(absl::Status committed) {
  if (committed.ok()) committed = std::move(status);
  if (!committed.ok()) response->Clear();
  done(std::move(committed));
}

void Engine::Submit(Call call) {
  if (absl::Status valid = Validate(*call.request); !valid.ok()) {
    return call.done(std::move(valid));
  }
  // Here, and not on the writer's thread: the request may be large.
  if (!call.request_id.empty()) call.fingerprint = Fingerprint(*call.request);
  call.done = Track(std::move(call.done));
  auto shared = std::make_shared<Call>(std::move(call));
  queue_->Submit(
      [this, shared](Connection& db) { return RunWrite(db, *shared); },
      [shared](absl::Status committed) {
        shared->Finish(std::move(committed));
      });
}

absl::Status Engine::RunWrite(Connection& db, Call& call) {
  absl::StatusOr<int64_t> store = kNoStore;
  if (!call.about_store) store = FindStore(db, call.store);
  if (!store.ok()) return store.status();
  RequestIdentity identity = {.store = *store,
                              .request_id = call.request_id,
                              .fingerprint = call.fingerprint};
  std::string id_in_store;
  if (call.about_store && !call.request_id.empty()) {
    id_in_store = IdInStore(call.store, call.request_id);
    identity.request_id = id_in_store;
  }
  const Outcome outcome = DoOnce(db, identity, *call.response,
                                 [&] { return call.room(db, *store); });
  if (!call.request_id.empty() && ++recorded_ >= kForgetEvery) {
    recorded_ = 0;
    ForgetOldOutcomes(db, NowUs());
  }
  // An error that was written down is an outcome that stays.
  call.status = outcome.status;
  return outcome.keep ? absl::OkStatus() : outcome.status;
}

void Engine::SubmitRead(Call call) {
  if (absl::Status valid = Validate(*call.request); !valid.ok()) {
    return call.done(std::move(valid));
  }
  call.done = Track(std::move(call.done));
  auto shared = std::make_shared<Call>(std::move(call));
  RunRead(
      [shared](Connection& db) {
        const absl::StatusOr<int64_t> store = FindStore(db, shared->store);
        if (!store.ok()) return store.status();
        return shared->room(db, *store);
      },
      [shared](absl::Status status) { shared->Finish(std::move(status)); });
}

void Engine::RunRead(CommitQueue::Work read, CommitQueue::Finish finish) {
  if (!has_readers_) {
    queue_->Submit(std::move(read), std::move(finish));
    return;
  }
  readers_->Add([read = std::move(read),
                 finish = std::move(finish)](Connection* db) mutable {
    // The outermost savepoint is a transaction: one snapshot for all of it.
    finish(InSavepoint(*db, [&] { return read(*db); }));
  });
}

}  // namespace duroxide::sqlite
