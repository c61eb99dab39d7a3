#include "runtime/dispatch/failed_turn.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "runtime/replay/commit.h"
#include "runtime/replay/error_details.h"
#include "runtime/replay/poison.h"
#include "runtime/semantic_version.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;

// The event that began the execution; null where it cannot be known.
const v1::Event* BeginningOf(const v1::AckOrchestrationItemRequest& refused,
                             const v1::OrchestrationItem& item) {
  for (const v1::Event& event : refused.history_delta()) {
    if (event.has_orchestration_started()) return &event;
  }
  if (item.history_size() > 0 && item.history(0).has_orchestration_started()) {
    return &item.history(0);
  }
  return nullptr;
}

}  // namespace

v1::AckOrchestrationItemRequest FailureInsteadOf(
    const v1::AckOrchestrationItemRequest& refused,
    const v1::OrchestrationItem& item, const absl::Status& error,
    absl::Time now) {
  const v1::ErrorDetails details = Infrastructure(
      "AckOrchestrationItem", std::string(error.message()), false);
  v1::AckOrchestrationItemRequest failure;
  failure.set_lock_token(refused.lock_token());
  failure.set_execution_id(refused.execution_id());

  const v1::Event* const beginning = BeginningOf(refused, item);
  const bool began_now = refused.history_delta_size() > 0 &&
                         refused.history_delta(0).has_orchestration_started();
  uint64_t event_id = kUnreadableHistoryFailureId;
  if (began_now) {
    *failure.add_history_delta() = *beginning;
    event_id = beginning->event_id() + 1;
  } else if (item.history_size() > 0) {
    event_id = item.history(item.history_size() - 1).event_id() + 1;
  }
  v1::Event& failed = *failure.add_history_delta();
  failed.set_event_id(event_id);
  failed.set_instance_id(item.instance());
  failed.set_execution_id(refused.execution_id());
  failed.set_timestamp_ms(static_cast<uint64_t>(absl::ToUnixMillis(now)));
  failed.set_writer_version(kRuntimeVersion.ToString());
  *failed.mutable_orchestration_failed()->mutable_details() = details;
  *failure.mutable_metadata() = MetadataOf(failure.history_delta());

  if (beginning != nullptr) {
    if (const std::optional<ParentLink> parent =
            ParentOf(beginning->orchestration_started())) {
      *failure.add_orchestrator_items() = ChildFailed(*parent, details);
    }
  }
  return failure;
}

}  // namespace duroxide::runtime
