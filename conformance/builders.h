#ifndef DUROXIDE_CONFORMANCE_BUILDERS_H_
#define DUROXIDE_CONFORMANCE_BUILDERS_H_

// Messages, events and acks for validation cases.
//
// A case names what it is about and takes the rest as it comes: all defaults
// are valid and the same everywhere, so that two messages differ only in what
// the case says. All functions are pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "providers/provider.h"

namespace duroxide::conformance {

// The orchestration that cases start, unless they say otherwise.
inline constexpr std::string_view kOrchestration = "ProcessOrder";
inline constexpr std::string_view kOrchestrationVersion = "1.0.0";

// A lock token that no provider gave.
inline constexpr std::string_view kUnknownToken = "no-such-lock-token";

// Messages of the orchestrator queue.

// What a start may say besides its instance.
struct StartOptions {
  std::string orchestration = std::string(kOrchestration);
  std::string input = "{}";
  // std::nullopt leaves the version to the runtime.
  std::optional<std::string> version = std::string(kOrchestrationVersion);
  // For a child: who scheduled it, and by which event.
  std::optional<std::string> parent_instance = std::nullopt;
  std::optional<uint64_t> parent_id = std::nullopt;
  uint64_t execution_id = 1;
};
v1::WorkItem StartItem(std::string_view instance,
                       const StartOptions& options = {});

// The activity of event `id` ended with `result`.
v1::WorkItem CompletedItem(std::string_view instance, uint64_t id,
                           std::string_view result = "done",
                           uint64_t execution_id = 1);

// The activity of event `id` ended with an error.
v1::WorkItem FailedItem(std::string_view instance, uint64_t id,
                        std::string_view error = "failed",
                        uint64_t execution_id = 1);

// The timer of event `id` fired.
v1::WorkItem TimerItem(std::string_view instance, uint64_t id,
                       uint64_t fire_at_ms, uint64_t execution_id = 1);

// The external event `name` was raised.
v1::WorkItem ExternalItem(std::string_view instance, std::string_view name,
                          std::string_view data = "{}");

// A message for the persistent queue `name`.
v1::WorkItem QueueMessage(std::string_view instance, std::string_view name,
                          std::string_view data = "{}");

v1::WorkItem CancelItem(std::string_view instance,
                        std::string_view reason = "no longer wanted");

// Starts the next execution of `instance`.
v1::WorkItem ContinueAsNewItem(std::string_view instance,
                               std::string_view input = "{}");

// The child that `parent` scheduled by event `parent_id` ended with `result`.
v1::WorkItem ChildCompletedItem(std::string_view parent, uint64_t parent_id,
                                std::string_view result = "done");

// The child that `parent` scheduled by event `parent_id` ended with an error.
v1::WorkItem ChildFailedItem(std::string_view parent, uint64_t parent_id,
                             std::string_view error = "failed");

// Messages of the worker queue.

// What an activity may say besides its instance and id.
struct ActivityOptions {
  std::string name = "Charge";
  std::string input = "{}";
  uint64_t execution_id = 1;
  std::optional<std::string> session_id = std::nullopt;
  std::optional<std::string> tag = std::nullopt;
};
v1::WorkItem ActivityItem(std::string_view instance, uint64_t id,
                          const ActivityOptions& options = {});

// The completion that belongs to an activity: same instance, execution and id.
v1::WorkItem CompletionOf(const v1::WorkItem& activity,
                          std::string_view result = "done");

// Events, by their id. Instance and execution are set by AckBuilder or by
// WithOwner.

v1::Event StartedEvent(uint64_t id, const StartOptions& options = {});
v1::Event ActivityScheduledEvent(uint64_t id, std::string_view name = "Charge",
                                 std::string_view input = "{}");
v1::Event ActivityCompletedEvent(uint64_t id, uint64_t source_event_id,
                                 std::string_view result = "done");
v1::Event TimerCreatedEvent(uint64_t id, uint64_t fire_at_ms);
v1::Event ChildScheduledEvent(uint64_t id, std::string_view child);
v1::Event CompletedEvent(uint64_t id, std::string_view output = "done");
v1::Event FailedEvent(uint64_t id, std::string_view error = "failed");
v1::Event ContinuedAsNewEvent(uint64_t id, std::string_view input = "{}");
v1::Event CustomStatusEvent(uint64_t id, std::string_view status);
v1::Event CustomStatusClearedEvent(uint64_t id);
// Without `updated_at_ms` the key was set when the event was made.
v1::Event KeyValueSetEvent(
    uint64_t id, std::string_view key, std::string_view value,
    std::optional<uint64_t> updated_at_ms = std::nullopt);
v1::Event KeyValueClearedEvent(uint64_t id, std::string_view key);
v1::Event KeyValuesClearedEvent(uint64_t id);

// Names the instance and the execution that `event` belongs to.
v1::Event WithOwner(v1::Event event, std::string_view instance,
                    uint64_t execution_id);

// Makes the ack of one held item. The execution is the item's unless the case
// names another.
//
//   AckBuilder(held).Append(StartedEvent(1)).Worker(ActivityItem("a", 2))
class AckBuilder {
 public:
  explicit AckBuilder(const v1::LockedOrchestrationItem& held);

  // Takes the place of the item's token.
  AckBuilder& LockToken(std::string_view token);
  // The execution that the turn belongs to. Before the events that it owns.
  AckBuilder& Execution(uint64_t execution_id);
  // Appends one event, owned by the item's instance and the execution.
  AckBuilder& Append(v1::Event event);
  // Enqueues one activity.
  AckBuilder& Worker(v1::WorkItem item);
  // Enqueues one message for an instance.
  AckBuilder& Orchestrator(v1::WorkItem item);
  // Removes the activity that event `id` of the instance and execution
  // scheduled.
  AckBuilder& CancelActivity(uint64_t id);
  AckBuilder& Name(std::string_view orchestration_name);
  AckBuilder& Version(std::string_view orchestration_version);
  AckBuilder& Parent(std::string_view parent_instance_id);
  AckBuilder& Status(v1::OrchestrationStatus status);
  AckBuilder& Output(std::string_view output);
  AckBuilder& PinnedVersion(const v1::SemanticVersion& version);

  // NOLINTNEXTLINE(google-explicit-constructor): a builder is its request.
  operator const v1::AckOrchestrationItemRequest&() const { return request_; }

 private:
  std::string instance_;
  v1::AckOrchestrationItemRequest request_;
};

// The first ack of a new instance: event 1 starts it, and the metadata that
// makes its record.
AckBuilder FirstAck(const v1::LockedOrchestrationItem& held);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_BUILDERS_H_
