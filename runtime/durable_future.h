#ifndef DUROXIDE_RUNTIME_DURABLE_FUTURE_H_
#define DUROXIDE_RUNTIME_DURABLE_FUTURE_H_

// What an orchestration waits for.

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace duroxide::runtime {

namespace internal {

// Something that an orchestration can wait for. The replay asks it again and
// again, always at the same points of the history: that is how a replay comes
// to the same answers.
class Pollable {
 public:
  Pollable() = default;
  Pollable(const Pollable&) = delete;
  Pollable& operator=(const Pollable&) = delete;
  virtual ~Pollable() = default;

  // True once the result is there; then it is not called again.
  virtual bool Poll() = 0;
};

template <typename T>
class PollableOf : public Pollable {
 public:
  // The result. Called once, after Poll has returned true.
  virtual T Take() = 0;
};

}  // namespace internal

// A result that will be there: of an activity, a timer, an event, a child, or
// of several of them together. Made by the OrchestrationContext and awaited in
// its orchestration, once:
//
//   std::string paid = co_await ctx.ScheduleActivity("Charge", order);
//
// The work is scheduled when the future is made, not when it is awaited. A
// future that is destroyed before it has its result gives the work up: the
// activity or child is cancelled, the wait for an event ends. Not for use on
// other threads.
template <typename T>
class [[nodiscard]] DurableFuture {
 public:
  explicit DurableFuture(std::unique_ptr<internal::PollableOf<T>> pollable)
      : pollable_(std::move(pollable)) {}

  DurableFuture(DurableFuture&&) noexcept = default;
  DurableFuture& operator=(DurableFuture&&) noexcept = default;

  // A future for what `function` makes of the result. Destroying it gives up
  // the same work.
  template <typename Function>
  DurableFuture<std::invoke_result_t<Function, T>> Map(Function function) &&;

  // For the library: what is behind it.
  std::unique_ptr<internal::PollableOf<T>> Release() && {
    return std::move(pollable_);
  }

 private:
  std::unique_ptr<internal::PollableOf<T>> pollable_;
};

namespace internal {

// There from the beginning.
template <typename T>
class Ready final : public PollableOf<T> {
 public:
  explicit Ready(T result) : result_(std::move(result)) {}

  bool Poll() override { return true; }
  T Take() override { return std::move(result_); }

 private:
  T result_;
};

template <typename T, typename Function>
class Mapped final : public PollableOf<std::invoke_result_t<Function, T>> {
 public:
  Mapped(std::unique_ptr<PollableOf<T>> source, Function function)
      : source_(std::move(source)), function_(std::move(function)) {}

  bool Poll() override { return source_->Poll(); }
  std::invoke_result_t<Function, T> Take() override {
    return std::invoke(function_, source_->Take());
  }

 private:
  const std::unique_ptr<PollableOf<T>> source_;
  Function function_;
};

}  // namespace internal

template <typename T>
template <typename Function>
DurableFuture<std::invoke_result_t<Function, T>> DurableFuture<T>::Map(
    Function function) && {
  return DurableFuture<std::invoke_result_t<Function, T>>(
      std::make_unique<internal::Mapped<T, Function>>(std::move(pollable_),
                                                      std::move(function)));
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DURABLE_FUTURE_H_
