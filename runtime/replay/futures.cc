#include "runtime/replay/futures.h"

#include <memory>
#include <utility>

namespace duroxide::runtime {
namespace {

using provider::v1::Event;

// A call whose result is wanted until it is taken.
class Wanted {
 public:
  Wanted(ExecutionState& state, CallNumber call, WaitKind kind,
         std::string name = {})
      : state_(state), call_(call), kind_(kind), name_(std::move(name)) {}
  Wanted(const Wanted&) = delete;
  Wanted& operator=(const Wanted&) = delete;
  ~Wanted() {
    if (!taken_) state_.GiveUp(call_, kind_, name_);
  }

  bool HasResult() const { return state_.HasResult(call_); }
  absl::StatusOr<std::string> TakeResult() {
    taken_ = true;
    return state_.TakeResult(call_);
  }

  const std::string* Message() const {
    return state_.MessageOf(call_, kind_, name_);
  }
  std::string TakeMessage() {
    taken_ = true;
    return *Message();
  }

 private:
  ExecutionState& state_;
  const CallNumber call_;
  const WaitKind kind_;
  const std::string name_;  // of the event or queue
  bool taken_ = false;
};

class ResultFuture final
    : public internal::PollableOf<absl::StatusOr<std::string>> {
 public:
  ResultFuture(ExecutionState& state, CallNumber call, WaitKind kind)
      : wanted_(state, call, kind) {}

  bool Poll() override { return wanted_.HasResult(); }
  absl::StatusOr<std::string> Take() override { return wanted_.TakeResult(); }

 private:
  Wanted wanted_;
};

class TimerFuture final : public internal::PollableOf<std::monostate> {
 public:
  TimerFuture(ExecutionState& state, CallNumber call)
      : wanted_(state, call, WaitKind::kTimer) {}

  bool Poll() override { return wanted_.HasResult(); }
  std::monostate Take() override {
    wanted_.TakeResult().IgnoreError();
    return {};
  }

 private:
  Wanted wanted_;
};

class MessageFuture final : public internal::PollableOf<std::string> {
 public:
  MessageFuture(ExecutionState& state, CallNumber call, WaitKind kind,
                std::string name)
      : wanted_(state, call, kind, std::move(name)) {}

  bool Poll() override { return wanted_.Message() != nullptr; }
  std::string Take() override { return wanted_.TakeMessage(); }

 private:
  Wanted wanted_;
};

class EndlessFuture final : public internal::PollableOf<absl::Status> {
 public:
  bool Poll() override { return false; }
  absl::Status Take() override { return absl::InternalError("never there"); }
};

}  // namespace

DurableFuture<absl::StatusOr<std::string>> MakeResultFuture(
    ExecutionState& state, Event event, WaitKind kind,
    std::optional<std::string> version) {
  const CallNumber call = state.Emit(std::move(event), std::move(version));
  return DurableFuture<absl::StatusOr<std::string>>(
      std::make_unique<ResultFuture>(state, call, kind));
}

DurableFuture<std::monostate> MakeTimerFuture(ExecutionState& state,
                                              Event event) {
  const CallNumber call = state.Emit(std::move(event));
  return DurableFuture<std::monostate>(
      std::make_unique<TimerFuture>(state, call));
}

DurableFuture<std::string> MakeMessageFuture(ExecutionState& state, Event event,
                                             WaitKind kind) {
  std::string name = kind == WaitKind::kEvent
                         ? event.external_subscribed().name()
                         : event.queue_subscribed().name();
  const CallNumber call = state.Emit(std::move(event));
  return DurableFuture<std::string>(
      std::make_unique<MessageFuture>(state, call, kind, std::move(name)));
}

DurableFuture<absl::Status> MakeEndlessFuture() {
  return DurableFuture<absl::Status>(std::make_unique<EndlessFuture>());
}

}  // namespace duroxide::runtime
