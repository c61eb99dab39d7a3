#ifndef DUROXIDE_RUNTIME_ORCHESTRATION_CONTEXT_H_
#define DUROXIDE_RUNTIME_ORCHESTRATION_CONTEXT_H_

// What an orchestration can do.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/combinators.h"
#include "runtime/durable_future.h"
#include "runtime/orchestration.h"
#include "runtime/retry_policy.h"
#include "runtime/trace.h"

namespace duroxide::runtime {

class ExecutionState;

// Where an activity is to run. With setters and not as an aggregate, because
// g++ 12 miscompiles aggregates in co_await expressions.
class ActivityOptions {
 public:
  ActivityOptions() = default;

  // On the worker that holds this session (SESS-1).
  ActivityOptions OnSession(std::string id) const {
    ActivityOptions copy = *this;
    copy.session_ = std::move(id);
    return copy;
  }
  // On a worker whose filter takes this tag (TAG-1).
  ActivityOptions WithTag(std::string tag) const {
    ActivityOptions copy = *this;
    copy.tag_ = std::move(tag);
    return copy;
  }

  const std::optional<std::string>& session() const { return session_; }
  const std::optional<std::string>& tag() const { return tag_; }

 private:
  std::optional<std::string> session_;
  std::optional<std::string> tag_;
};

// Which child is started.
class ChildOptions {
 public:
  ChildOptions() = default;

  // With this instance id; without one it is derived from the parent's.
  ChildOptions WithInstance(std::string id) const {
    ChildOptions copy = *this;
    copy.instance_ = std::move(id);
    return copy;
  }
  // In this version; without one the worker's policy decides.
  ChildOptions WithVersion(std::string version) const {
    ChildOptions copy = *this;
    copy.version_ = std::move(version);
    return copy;
  }

  const std::string& instance() const { return instance_; }
  const std::optional<std::string>& version() const { return version_; }

 private:
  std::string instance_;
  std::optional<std::string> version_;
};

// Passed to each orchestration; outlives its coroutine. For the orchestration
// only, on its thread.
//
// What is called Schedule... is asked for at once, and written to the history
// when the turn ends. Errors of activities and children have the text of the
// error as their message; the code is UNKNOWN, or CANCELLED for a child that
// was cancelled.
class OrchestrationContext {
 public:
  // For the library.
  explicit OrchestrationContext(ExecutionState& state) : state_(state) {}
  OrchestrationContext(const OrchestrationContext&) = delete;
  OrchestrationContext& operator=(const OrchestrationContext&) = delete;

  // --- Who it is.

  const std::string& instance_id() const;
  uint64_t execution_id() const;
  const std::string& name() const;
  const std::string& version() const;
  // True while the history is gone through again.
  bool is_replaying() const;

  // --- Work.

  DurableFuture<absl::StatusOr<std::string>> ScheduleActivity(
      std::string name, std::string input, ActivityOptions options = {});

  // Tries again as the policy says. Ends with the last try's error, or
  // DEADLINE_EXCEEDED where a timeout of the policy ran out.
  Orchestration<std::string> ScheduleActivityWithRetry(
      std::string name, std::string input, RetryPolicy policy,
      ActivityOptions options = {});

  // Fires `delay` after this turn's beginning.
  DurableFuture<std::monostate> ScheduleTimer(absl::Duration delay);

  DurableFuture<absl::StatusOr<std::string>> ScheduleSubOrchestration(
      std::string name, std::string input, ChildOptions options = {});

  // Starts an orchestration that nobody waits for.
  void StartDetached(std::string name, std::string instance, std::string input,
                     std::optional<std::string> version = std::nullopt);

  // --- Events.

  // The next event of this name that arrives while the wait is there. What
  // arrives while nobody waits is lost.
  DurableFuture<std::string> ScheduleWait(std::string name);

  // The next message of this queue, first in, first out; also one that came
  // before. Messages that nobody took go along with continue-as-new.
  DurableFuture<std::string> DequeueEvent(std::string queue);

  // --- Several at once. Futures and orchestrations, in any mixture.

  // The first that is there, the earlier argument where two are; the others are
  // given up. `index()` of the variant tells which.
  template <typename... Futures>
  DurableFuture<std::variant<typename internal::Awaited<Futures>::Type...>>
  Select(Futures... futures) {
    using State =
        internal::Selected<typename internal::Awaited<Futures>::Type...>;
    return DurableFuture<
        std::variant<typename internal::Awaited<Futures>::Type...>>(
        std::make_unique<State>(internal::ToFuture(std::move(futures))...));
  }

  // All of them.
  template <typename... Futures>
  DurableFuture<std::tuple<typename internal::Awaited<Futures>::Type...>> Join(
      Futures... futures) {
    using State =
        internal::Joined<typename internal::Awaited<Futures>::Type...>;
    return DurableFuture<
        std::tuple<typename internal::Awaited<Futures>::Type...>>(
        std::make_unique<State>(internal::ToFuture(std::move(futures))...));
  }
  template <typename T>
  DurableFuture<std::vector<T>> Join(std::vector<DurableFuture<T>> futures) {
    return DurableFuture<std::vector<T>>(
        std::make_unique<internal::JoinedMany<T>>(std::move(futures)));
  }

  // --- The end.

  // Ends this execution and begins the instance's next one, with this input:
  //
  //   co_return co_await ctx.ContinueAsNew(next);
  //
  // What is awaited never comes. With a version, the next execution has it;
  // without one the worker's policy decides.
  DurableFuture<absl::Status> ContinueAsNew(
      std::string input, std::optional<std::string> version = std::nullopt);

  // --- What others see.

  // Progress, for whoever looks at the instance. Goes along with
  // continue-as-new.
  void SetCustomStatus(std::string status);
  void ResetCustomStatus();
  const std::optional<std::string>& custom_status() const;

  // The instance's key-values (KV-1, KV-3): its executions share them.
  void SetKeyValue(std::string key, std::string value);
  std::optional<std::string> GetKeyValue(std::string_view key) const;
  std::map<std::string, std::string> ListKeyValues() const;
  void ClearKeyValue(const std::string& key);
  void ClearKeyValues();
  // Clears the keys that were set before that moment; returns how many.
  size_t PruneKeyValues(absl::Time updated_before);
  // A key of another instance; std::nullopt where it is not there.
  DurableFuture<absl::StatusOr<std::optional<std::string>>> GetKeyValueOf(
      std::string instance, std::string key);

  // --- What must come from outside.

  // A new identifier, and the present time: the same in each replay.
  DurableFuture<absl::StatusOr<std::string>> NewGuid();
  DurableFuture<absl::StatusOr<absl::Time>> UtcNow();

  // Writes a line to the runtime's log, where this is not a replay.
  void Trace(TraceLevel level, std::string_view message);

 private:
  ExecutionState& state_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_ORCHESTRATION_CONTEXT_H_
