#include "bench/stock.h"

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/database.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"

namespace duroxide::bench {
namespace {

using sqlite::Connection;
using sqlite::kDefaultStore;
using sqlite::NowUs;

constexpr int kMany = 100'000;
constexpr int kDelayedCount = 10'000;
constexpr int kPerTransaction = 1'000;
constexpr int64_t kHourUs = 3'600'000'000;
constexpr absl::Duration kBusyTimeout = absl::Seconds(10);
constexpr uint64_t kMaxItemBytes = uint64_t{64} << 20;

class Stocker {
 public:
  explicit Stocker(Connection& db) : db_(db) {}

  absl::Status Fill(Stock stock, int size) {
    switch (stock) {
      case Stock::kEmpty:
        return absl::OkStatus();
      case Stock::kActivities:
        return Schedule(size);
      case Stock::kHeldActivities:
        Also(Schedule(size));
        return Repeat(size, [this](int) { return Hold(LockActivity()); });
      case Stock::kTurns:
        return Complete(size);
      case Stock::kHeldTurns:
        Also(Complete(size));
        return Repeat(size, [this](int) { return Hold(LockTurn()); });
      case Stock::kQueued:
        return Repeat(kMany, [this](int i) {
          Enqueue(Instance(i), NowUs());
          EnqueueActivity(Instance(i));
          return absl::OkStatus();
        });
      case Stock::kFinished:
        return Repeat(kMany, [this](int i) {
          Enqueue(Instance(i), NowUs());
          return Ack(&OnlyTurn);
        });
      case Stock::kDelayed:
        return Repeat(kDelayedCount, [this](int i) { return Delay(i); });
    }
    return failure_;
  }

  std::vector<Held> TakeHeld() { return std::move(held_); }

 private:
  static std::string Instance(int i) { return absl::StrCat("stocked-", i); }

  // Does `step` so many times, many in a transaction.
  absl::Status Repeat(int times, const std::function<absl::Status(int)>& step) {
    for (int i = 0; i < times && failure_.ok();) {
      db_.Run("BEGIN IMMEDIATE");
      do {
        Also(step(i));
      } while (++i % kPerTransaction != 0 && i < times);
      db_.Run("COMMIT");
      Also(db_.error());
    }
    return failure_;
  }

  void Also(const absl::Status& status) { failure_.Update(status); }

  void Enqueue(const std::string& instance, int64_t visible_us) {
    sqlite::EnqueueMessage(db_, kDefaultStore, Start(instance).item(),
                           visible_us);
  }

  void EnqueueActivity(const std::string& instance) {
    sqlite::EnqueueWork(db_, kDefaultStore, Activity(instance, 2).item());
  }

  absl::StatusOr<Held> LockTurn() {
    const v1::FetchOrchestrationItemsRequest request = FetchTurn();
    const std::optional<sqlite::LockedTurn> turn = sqlite::LockNextTurn(
        db_, kDefaultStore, request, kMaxItemBytes, NowUs());
    if (!turn.has_value()) return absl::InternalError("no turn to lock");
    const auto item = sqlite::ReadTurn(db_, *turn, request, kMaxItemBytes);
    if (!item.ok()) return item.status();
    return HeldBy(**item);
  }

  absl::StatusOr<Held> LockActivity() {
    const std::optional<v1::LockedWorkItem> locked =
        sqlite::LockNextWork(db_, kDefaultStore, FetchActivity(), NowUs());
    if (!locked.has_value()) return absl::InternalError("no activity to lock");
    return HeldBy(*locked);
  }

  absl::Status Hold(absl::StatusOr<Held> held) {
    if (!held.ok()) return held.status();
    held_.push_back(*std::move(held));
    return absl::OkStatus();
  }

  // Takes the turn of the instance that is next.
  absl::Status Ack(v1::AckOrchestrationItemRequest (*turn)(const Held&)) {
    const absl::StatusOr<Held> held = LockTurn();
    if (!held.ok()) return held.status();
    return sqlite::AckTurn(db_, kDefaultStore, turn(*held));
  }

  // `size` activities, two for each instance.
  absl::Status Schedule(int size) {
    return Repeat((size + 1) / 2, [this](int i) {
      Enqueue(Instance(i), NowUs());
      return Ack(&FirstTurn);
    });
  }

  // `size` instances whose activities are completed.
  absl::Status Complete(int size) {
    Also(Schedule(2 * size));
    return Repeat(2 * size, [this](int) {
      const absl::StatusOr<Held> held = LockActivity();
      if (!held.ok()) return held.status();
      return sqlite::AckWork(db_, kDefaultStore, AckOfActivity(*held));
    });
  }

  absl::Status Delay(int i) {
    Enqueue(Instance(i), NowUs() + kHourUs);
    // Only an abandon delays an activity.
    EnqueueActivity(Instance(i));
    const absl::StatusOr<Held> held = LockActivity();
    if (!held.ok()) return held.status();
    v1::AbandonWorkItemRequest abandon;
    abandon.set_lock_token(held->lock_token);
    abandon.mutable_delay()->set_seconds(kHourUs / 1'000'000);
    return sqlite::AbandonWork(db_, kDefaultStore, abandon);
  }

  Connection& db_;
  absl::Status failure_;
  std::vector<Held> held_;
};

}  // namespace

absl::StatusOr<std::vector<Held>> MakeStock(const std::string& file,
                                            Stock stock, int size) {
  absl::StatusOr<std::unique_ptr<Connection>> db =
      sqlite::OpenForWriting(file, kBusyTimeout);
  if (!db.ok()) return db.status();
  Stocker stocker(**db);
  if (absl::Status filled = stocker.Fill(stock, size); !filled.ok()) {
    return filled;
  }
  // All of it into the one file, for it is copied.
  (*db)->Number("PRAGMA wal_checkpoint(TRUNCATE)");
  if (!(*db)->error().ok()) return (*db)->error();
  return stocker.TakeHeld();
}

}  // namespace duroxide::bench
