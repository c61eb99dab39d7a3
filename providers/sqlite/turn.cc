#include "providers/sqlite/turn.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"
#include "providers/sqlite/history.h"
#include "providers/sqlite/instances.h"
#include "providers/sqlite/kv.h"
#include "providers/sqlite/messages.h"
#include "providers/sqlite/moment.h"
#include "providers/sqlite/worker_queue.h"

namespace duroxide::sqlite {
namespace {

using provider::v1::FetchOrchestrationItemsRequest;
using provider::v1::LockedOrchestrationItem;
using provider::v1::OrchestrationItem;
using provider::v1::WorkItem;

constexpr const char* kUnknownVersion = "unknown";

// SQLite's numbers are signed.
absl::Status CheckFits(const std::string& field, uint64_t value) {
  if (value <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return absl::OkStatus();
  }
  return InvalidField(field, absl::StrCat(value,
                                          " is more than this provider can hold"
                                          "; use at most 2^63 - 1"));
}

absl::Status CheckIdsFit(const std::string& field, uint64_t execution_id,
                         const Events& events) {
  if (absl::Status fits = CheckFits("execution_id", execution_id); !fits.ok()) {
    return fits;
  }
  for (const provider::v1::Event& event : events) {
    if (absl::Status fits =
            CheckFits(absl::StrCat(field, ".event_id"), event.event_id());
        !fits.ok()) {
      return fits;
    }
  }
  return absl::OkStatus();
}

// When an ack's message becomes visible (ACK-5).
int64_t VisibleFrom(const WorkItem& item, int64_t now_us) {
  if (!item.has_timer_fired()) return now_us;
  return std::max(now_us, FromMs(item.timer_fired().fire_at_ms()));
}

// A new instance is described by the message that starts it (FETCH-4).
void DescribeByStart(OrchestrationItem& item) {
  item.set_version(kUnknownVersion);
  for (const WorkItem& message : item.messages()) {
    if (message.has_start_orchestration()) {
      const auto& start = message.start_orchestration();
      item.set_orchestration_name(start.orchestration());
      if (start.has_version()) item.set_version(start.version());
      return;
    }
    if (message.has_continue_as_new()) {
      const auto& start = message.continue_as_new();
      item.set_orchestration_name(start.orchestration());
      if (start.has_version()) item.set_version(start.version());
      return;
    }
  }
}

// Tells where the history ends, and leaves one out that is longer than the
// caller wants it: of that, no more than the last event is read (FETCH-9).
void ReadHistoryEnd(Connection& db, const LockedTurn& turn,
                    const FetchOrchestrationItemsRequest& request,
                    OrchestrationItem& item) {
  const auto execution_id = static_cast<int64_t>(item.execution_id());
  const std::optional<int64_t> last = db.Number(
      "SELECT max(event_id) FROM history"
      " WHERE instance_key = ? AND execution_id = ?",
      turn.instance_key, execution_id);
  if (!last.has_value()) return;
  item.set_last_event_id(static_cast<uint64_t>(*last));
  if (!request.has_max_inline_events() ||
      item.last_event_id() <= request.max_inline_events()) {
    return;
  }
  item.set_history_omitted(true);
  const std::optional<std::string> data =
      ReadEvent(db, turn.instance_key, execution_id, *last);
  if (!data.has_value() || !item.mutable_last_event()->ParseFromString(*data)) {
    item.clear_last_event();
  }
}

// Reads the history, or says in history_error why it cannot be given (FETCH-8).
absl::Status ReadHistory(Connection& db, const LockedTurn& turn,
                         uint64_t max_bytes, OrchestrationItem& item) {
  const auto execution_id = static_cast<int64_t>(item.execution_id());
  const auto stored_bytes = static_cast<uint64_t>(
      db.Number("SELECT event_bytes FROM executions"
                " WHERE instance_key = ? AND execution_id = ?",
                turn.instance_key, execution_id)
          .value_or(0));
  if (stored_bytes > max_bytes) {
    item.set_history_error(absl::StrCat("the history has ", stored_bytes,
                                        " bytes and does not fit a message of ",
                                        max_bytes));
    return absl::OkStatus();
  }
  absl::Status read =
      ReadEvents(db, turn.instance_key, execution_id, *item.mutable_history());
  if (!read.ok()) item.clear_history();
  if (ReasonOf(read) == provider::v1::ERROR_REASON_HISTORY_CORRUPT) {
    item.set_history_error(std::string(read.message()));
    return absl::OkStatus();
  }
  return read;
}

// So that the messages at least go to whoever handles the item as poison.
void LeaveOutWhatDoesNotFit(uint64_t max_bytes,
                            LockedOrchestrationItem& locked) {
  OrchestrationItem& item = *locked.mutable_item();
  if (item.history_omitted() && locked.ByteSizeLong() > max_bytes) {
    item.clear_last_event();
  }
  const uint64_t bytes = locked.ByteSizeLong();
  if (bytes <= max_bytes) return;
  if (!item.has_history_error()) {
    item.set_history_error(absl::StrCat("the item has ", bytes,
                                        " bytes and does not fit a message of ",
                                        max_bytes));
    item.clear_history();
  }
  if (locked.ByteSizeLong() > max_bytes) item.clear_kv_snapshot();
}

}  // namespace

absl::StatusOr<std::optional<LockedOrchestrationItem>> ReadTurn(
    Connection& db, const LockedTurn& turn,
    const FetchOrchestrationItemsRequest& request, uint64_t max_bytes) {
  LockedOrchestrationItem locked;
  locked.set_lock_token(turn.lock_token);
  locked.set_attempt_count(turn.attempt_count);
  OrchestrationItem& item = *locked.mutable_item();
  int64_t locked_at_us = 0;
  bool recorded = false;
  {
    Rows rows = db.Query(
        "SELECT instance_id, name, version, current_execution, locked_at_us"
        " FROM instances WHERE instance_key = ? AND lock_token = ?",
        turn.instance_key, turn.lock_token);
    if (!rows.Next()) {
      if (!db.error().ok()) return db.error();
      return std::nullopt;
    }
    item.set_instance(std::string(rows.Text(0)));
    recorded = !rows.IsNull(1);
    item.set_orchestration_name(std::string(rows.Text(1)));
    item.set_version(rows.OptionalText(2).value_or(kUnknownVersion));
    item.set_execution_id(static_cast<uint64_t>(rows.Int(3)));
    locked_at_us = rows.Int(4);
  }
  ReadBatch(db, turn.instance_key, turn.batch, locked_at_us, item);
  if (!recorded) DescribeByStart(item);
  item.set_last_event_id(0);
  if (item.execution_id() == 0) {
    item.set_execution_id(1);
  } else {
    ReadHistoryEnd(db, turn, request, item);
  }
  if (item.last_event_id() != 0 && !item.history_omitted()) {
    absl::Status read = ReadHistory(db, turn, max_bytes, item);
    if (!read.ok()) return read;
  }
  ReadKvSnapshot(db, turn.instance_key, *item.mutable_kv_snapshot());
  if (!db.error().ok()) return db.error();
  LeaveOutWhatDoesNotFit(max_bytes, locked);
  return locked;
}

absl::Status AckTurn(Connection& db, int64_t store,
                     const provider::v1::AckOrchestrationItemRequest& request) {
  const int64_t now_us = NowUs();
  absl::StatusOr<HeldTurn> turn =
      FindHeldTurn(db, store, request.lock_token(), now_us);
  if (!turn.ok()) return turn.status();
  if (absl::Status fits = CheckIdsFit("history_delta", request.execution_id(),
                                      request.history_delta());
      !fits.ok()) {
    return fits;
  }
  const auto execution_id = static_cast<int64_t>(request.execution_id());
  Instance& instance = turn->instance;

  EnsureExecution(db, instance, execution_id);
  // Without a record, what makes an execution the current one is its events.
  if (instance.recorded || MakesRecord(request.metadata()) ||
      !request.history_delta().empty()) {
    AdvanceCurrentExecution(db, instance, execution_id);
  }
  if (absl::Status appended =
          AppendEvents(db, instance, execution_id, request.history_delta());
      !appended.ok()) {
    return appended;
  }
  ApplyMetadata(db, instance, execution_id, request.metadata());
  ApplyStateEvents(db, instance.key, request.history_delta());
  if (request.metadata().has_status() &&
      IsTerminal(request.metadata().status())) {
    MergeKvChanges(db, instance.key);
  }
  for (const WorkItem& item : request.worker_items()) {
    EnqueueWork(db, store, item);
  }
  for (const auto& activity : request.cancelled_activities()) {
    CancelWork(db, store, activity);
  }
  DeleteBatch(db, *turn);
  for (const WorkItem& item : request.orchestrator_items()) {
    EnqueueMessage(db, store, item, VisibleFrom(item, now_us));
  }
  ReleaseTurn(db, *turn, now_us);
  return absl::OkStatus();
}

absl::Status AppendOutsideTurn(
    Connection& db, int64_t store,
    const provider::v1::AppendHistoryRequest& request) {
  if (absl::Status fits =
          CheckIdsFit("events", request.execution_id(), request.events());
      !fits.ok()) {
    return fits;
  }
  if (request.events().empty()) return absl::OkStatus();
  Instance instance = FindOrAddInstance(db, store, request.instance());
  const auto execution_id = static_cast<int64_t>(request.execution_id());
  EnsureExecution(db, instance, execution_id);
  if (!instance.recorded) AdvanceCurrentExecution(db, instance, execution_id);
  if (absl::Status appended =
          AppendEvents(db, instance, execution_id, request.events());
      !appended.ok()) {
    return appended;
  }
  RefreshDue(db, instance, NowUs());
  return absl::OkStatus();
}

}  // namespace duroxide::sqlite
