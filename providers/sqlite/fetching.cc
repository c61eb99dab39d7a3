#include "providers/sqlite/fetching.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/sqlite/long_polls.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/orchestrator_queue.h"
#include "providers/sqlite/stores.h"
#include "providers/sqlite/turn.h"
#include "providers/sqlite/worker_queue.h"
#include "providers/validation.h"

namespace duroxide::sqlite {
namespace {

// Room in a message for what is around the items.
constexpr uint64_t kEnvelopeBytes = 1024;

absl::Time DeadlineOf(const CallContext& context,
                      const google::protobuf::Duration& poll_timeout) {
  const absl::Duration wait =
      std::min(absl::Seconds(poll_timeout.seconds()) +
                   absl::Nanoseconds(poll_timeout.nanos()),
               kMaxPollTimeout);
  return std::min(absl::Now() + wait, context.deadline);
}

uint32_t MaxItems(uint32_t asked) {
  return std::clamp<uint32_t>(asked, 1, kMaxBatchItems);
}

// Locks the next activity where it needs no more than `room` bytes of a reply.
// One that needs more stays as it is.
std::optional<v1::LockedWorkItem> LockNextWorkWithin(
    uint64_t room, Connection& db, int64_t store,
    const v1::FetchWorkItemsRequest& request, int64_t now_us) {
  std::optional<v1::LockedWorkItem> item;
  const absl::Status fits = InSavepoint(db, [&]() -> absl::Status {
    item = LockNextWork(db, store, request, now_us);
    if (item.has_value() && item->ByteSizeLong() > room) {
      return absl::ResourceExhaustedError("it is for the next reply");
    }
    return absl::OkStatus();
  });
  if (!fits.ok()) item.reset();
  return item;
}

}  // namespace

struct Fetching::TurnFetch {
  const v1::FetchOrchestrationItemsRequest* request;
  v1::FetchOrchestrationItemsResponse* response;
  Provider::Done done;
  std::vector<LockedTurn> turns = {};
};

struct Fetching::WorkFetch {
  const v1::FetchWorkItemsRequest* request;
  v1::FetchWorkItemsResponse* response;
  Provider::Done done;
};

Fetching::Fetching(Engine& engine, uint64_t max_message_bytes)
    : engine_(engine), max_message_bytes_(max_message_bytes) {}

void Fetching::Start(std::shared_ptr<Fetch> fetch) {
  auto waits = std::make_shared<bool>(false);
  engine_.queue().Submit(
      [this, fetch, waits](Connection& db) -> absl::Status {
        const absl::StatusOr<int64_t> store = FindStore(db, fetch->store);
        if (!store.ok()) return store.status();
        fetch->queue.first = *store;
        if (fetch->stop.stop_requested()) return absl::OkStatus();
        LongPolls& polls = engine_.polls();
        const bool may_wait = polls.open() && fetch->deadline > absl::Now();
        if (may_wait && polls.AnyWaiting(fetch->queue, fetch->shape)) {
          polls.Touch(fetch->queue);
        } else {
          engine_.FreeExpired(db, fetch->queue);
          const absl::StatusOr<bool> found = fetch->attempt(db);
          if (!found.ok()) return found.status();
          // Nothing may have been found because a statement failed.
          if (!db.error().ok()) return db.error();
          if (*found || !may_wait) return absl::OkStatus();
        }
        *waits = true;
        polls.Add(db, fetch);
        return absl::OkStatus();
      },
      [fetch, waits](absl::Status status) {
        if (!*waits) fetch->finish(std::move(status));
      });
}

void Fetching::FetchTurns(const CallContext& context,
                          const v1::FetchOrchestrationItemsRequest* request,
                          v1::FetchOrchestrationItemsResponse* response,
                          Provider::Done done) {
  if (absl::Status valid = Validate(*request); !valid.ok()) {
    return done(std::move(valid));
  }
  auto state = std::make_shared<TurnFetch>(
      TurnFetch{.request = request,
                .response = response,
                .done = engine_.Track(std::move(done))});
  auto fetch = std::make_shared<Fetch>();
  fetch->store = request->store();
  fetch->queue.second = Queue::kOrchestrator;
  fetch->shape = request->has_filter()
                     ? absl::StrCat("f", request->filter().SerializeAsString())
                     : "";
  fetch->deadline = DeadlineOf(context, request->poll_timeout());
  fetch->stop = context.stop;
  fetch->attempt = [this, state](Connection& db) {
    return TakeTurns(db, *state);
  };
  fetch->finish = [this, state](absl::Status status) {
    if (!status.ok() || state->turns.empty()) {
      state->done(std::move(status));
    } else {
      ReadTurns(state);
    }
  };
  Start(std::move(fetch));
}

absl::StatusOr<bool> Fetching::TakeTurns(Connection& db, TurnFetch& fetch) {
  const absl::StatusOr<int64_t> store = FindStore(db, fetch.request->store());
  if (!store.ok()) return store.status();
  const int64_t now_us = NowUs();
  fetch.turns.clear();
  while (fetch.turns.size() < MaxItems(fetch.request->max_items())) {
    std::optional<LockedTurn> turn =
        LockNextTurn(db, *store, *fetch.request,
                     max_message_bytes_ - kEnvelopeBytes, now_us);
    if (!turn.has_value()) break;
    fetch.turns.push_back(*std::move(turn));
  }
  return !fetch.turns.empty();
}

void Fetching::ReadTurns(std::shared_ptr<TurnFetch> fetch) {
  engine_.RunRead(
      [this, fetch](Connection& db) -> absl::Status {
        uint64_t room = max_message_bytes_ - kEnvelopeBytes;
        for (const LockedTurn& turn : fetch->turns) {
          absl::StatusOr<std::optional<v1::LockedOrchestrationItem>> item =
              ReadTurn(db, turn, *fetch->request,
                       max_message_bytes_ - kEnvelopeBytes);
          if (!item.ok()) return item.status();
          if (!item->has_value()) continue;
          const uint64_t bytes = (*item)->ByteSizeLong();
          // The first always goes: what does not fit has left its history out.
          if (bytes > room && fetch->response->items_size() > 0) {
            GiveBack(fetch->request->store(), turn.lock_token);
            continue;
          }
          room -= std::min(room, bytes);
          *fetch->response->add_items() = **std::move(item);
        }
        return absl::OkStatus();
      },
      [this, fetch](absl::Status status) {
        if (!status.ok()) {
          // An error holds no lock (WIRE-4).
          fetch->response->Clear();
          for (const LockedTurn& turn : fetch->turns) {
            GiveBack(fetch->request->store(), turn.lock_token);
          }
        }
        fetch->done(std::move(status));
      });
}

void Fetching::GiveBack(const std::string& store,
                        const std::string& lock_token) {
  v1::AbandonOrchestrationItemRequest abandon;
  abandon.set_store(store);
  abandon.set_lock_token(lock_token);
  abandon.set_ignore_attempt(true);
  engine_.queue().Submit(
      [this, abandon = std::move(abandon)](Connection& db) {
        const absl::StatusOr<int64_t> key = FindStore(db, abandon.store());
        if (!key.ok()) return key.status();
        engine_.polls().Touch({*key, Queue::kOrchestrator});
        return AbandonTurn(db, *key, abandon);
      },
      // Where it fails the lock runs out by itself.
      [](const absl::Status&) {});
}

void Fetching::FetchWork(const CallContext& context,
                         const v1::FetchWorkItemsRequest* request,
                         v1::FetchWorkItemsResponse* response,
                         Provider::Done done) {
  if (absl::Status valid = Validate(*request); !valid.ok()) {
    return done(std::move(valid));
  }
  auto state = std::make_shared<WorkFetch>(
      WorkFetch{.request = request,
                .response = response,
                .done = engine_.Track(std::move(done))});
  auto fetch = std::make_shared<Fetch>();
  fetch->store = request->store();
  fetch->queue.second = Queue::kWorker;
  fetch->shape =
      absl::StrCat(request->tag_filter().SerializeAsString(), "|",
                   request->has_session() ? "s" : "",
                   request->has_session() ? request->session().owner_id() : "");
  fetch->deadline = DeadlineOf(context, request->poll_timeout());
  fetch->stop = context.stop;
  fetch->attempt = [this, state](Connection& db) {
    return TakeWork(db, *state);
  };
  fetch->finish = [state](absl::Status status) {
    if (!status.ok()) state->response->Clear();
    state->done(std::move(status));
  };
  Start(std::move(fetch));
}

absl::StatusOr<bool> Fetching::TakeWork(Connection& db, WorkFetch& fetch) {
  const absl::StatusOr<int64_t> store = FindStore(db, fetch.request->store());
  if (!store.ok()) return store.status();
  const int64_t now_us = NowUs();
  fetch.response->Clear();
  uint64_t room = max_message_bytes_ - kEnvelopeBytes;
  const auto max_items = static_cast<int>(MaxItems(fetch.request->max_items()));
  while (fetch.response->items_size() < max_items) {
    // The first always goes.
    std::optional<v1::LockedWorkItem> item =
        fetch.response->items_size() == 0
            ? LockNextWork(db, *store, *fetch.request, now_us)
            : LockNextWorkWithin(room, db, *store, *fetch.request, now_us);
    if (!item.has_value()) break;
    room -= std::min<uint64_t>(room, item->ByteSizeLong());
    *fetch.response->add_items() = *std::move(item);
  }
  return fetch.response->items_size() > 0;
}

}  // namespace duroxide::sqlite
