#ifndef DUROXIDE_RUNTIME_ORCHESTRATION_H_
#define DUROXIDE_RUNTIME_ORCHESTRATION_H_

// The coroutine type of orchestrations.

#include <concepts>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/durable_future.h"

namespace duroxide::runtime {

template <typename T>
class Orchestration;

namespace internal {

// What an orchestration ends with: absl::StatusOr<T>, or absl::Status for void.
template <typename T>
struct ResultOf {
  using Type = absl::StatusOr<T>;
};
template <>
struct ResultOf<void> {
  using Type = absl::Status;
};

// Awaits a future. It has constructors, and takes the future over: g++ 12
// miscompiles awaiters that are aggregates or refer to temporaries.
template <typename T>
class Awaiter {
 public:
  Awaiter(DurableFuture<T> future, Pollable** waiting)
      : pollable_(std::move(future).Release()), waiting_(waiting) {}

  bool await_ready() { return pollable_->Poll(); }
  void await_suspend(std::coroutine_handle<>) { *waiting_ = pollable_.get(); }
  T await_resume() { return pollable_->Take(); }

 private:
  std::unique_ptr<PollableOf<T>> pollable_;
  Pollable** waiting_;
};

}  // namespace internal

// An orchestration: a coroutine that awaits nothing but what its context
// gives, and ends with a T or an error.
//
//   Orchestration<std::string> Greet(OrchestrationContext& ctx,
//                                    std::string name) {
//     co_return co_await ctx.ScheduleActivity("Greet", name);
//   }
//
// It is run again and again, from its beginning, with the results that its
// history holds: it must do the same each time. So awaiting anything foreign
// does not compile, and clocks, random numbers and I/O belong into activities.
// Parameters other than the context are taken by value.
//
// An orchestration may await another one as a part of itself: `co_await
// Part(ctx, ...)` runs it then and there, on the same history. An exception
// that leaves an orchestration fails it.
//
// The object is the suspended coroutine and destroys it.
template <typename T>
class [[nodiscard]] Orchestration {
 public:
  using Result = typename internal::ResultOf<T>::Type;

  class promise_type {
   public:
    Orchestration get_return_object() {
      return Orchestration(
          std::coroutine_handle<promise_type>::from_promise(*this));
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }

    template <typename U = Result>
      requires std::convertible_to<U, Result>
    void return_value(U&& result) {
      result_.emplace(std::forward<U>(result));
    }
    void unhandled_exception() { exception_ = std::current_exception(); }

    template <typename U>
    internal::Awaiter<U> await_transform(DurableFuture<U>&& future) {
      return internal::Awaiter<U>(std::move(future), &waiting_);
    }
    template <typename U>
    internal::Awaiter<typename Orchestration<U>::Result> await_transform(
        Orchestration<U>&& part) {
      return internal::Awaiter<typename Orchestration<U>::Result>(
          std::move(part).AsFuture(), &waiting_);
    }
    // Anything else has no place in a history. A future in a variable is
    // awaited with std::move: it has one result.
    template <typename U>
    void await_transform(U&&) = delete;

   private:
    friend class Orchestration;

    internal::Pollable* waiting_ = nullptr;
    std::optional<Result> result_;
    std::exception_ptr exception_;
  };

  Orchestration(Orchestration&& other) noexcept
      : handle_(std::exchange(other.handle_, nullptr)) {}
  Orchestration& operator=(Orchestration&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Orchestration() {
    if (handle_) handle_.destroy();
  }

  // Runs it as far as it goes. True once it has ended.
  bool Poll() {
    if (handle_.done()) return true;
    promise_type& promise = handle_.promise();
    if (promise.waiting_ != nullptr) {
      if (!promise.waiting_->Poll()) return false;
      promise.waiting_ = nullptr;
    }
    handle_.resume();
    return handle_.done();
  }

  // What it ended with, once. Throws what left it as an exception.
  Result Take() {
    promise_type& promise = handle_.promise();
    if (promise.exception_) std::rethrow_exception(promise.exception_);
    return std::move(*promise.result_);
  }

  // To be awaited together with others.
  DurableFuture<Result> AsFuture() &&;

 private:
  explicit Orchestration(std::coroutine_handle<promise_type> handle)
      : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

namespace internal {

template <typename T>
class Part final : public PollableOf<typename Orchestration<T>::Result> {
 public:
  explicit Part(Orchestration<T> orchestration)
      : orchestration_(std::move(orchestration)) {}

  bool Poll() override { return orchestration_.Poll(); }
  typename Orchestration<T>::Result Take() override {
    return orchestration_.Take();
  }

 private:
  Orchestration<T> orchestration_;
};

}  // namespace internal

template <typename T>
DurableFuture<typename Orchestration<T>::Result>
Orchestration<T>::AsFuture() && {
  return DurableFuture<Result>(
      std::make_unique<internal::Part<T>>(std::move(*this)));
}

}  // namespace duroxide::runtime

// Ends the orchestration with the error of `expression`, an absl::StatusOr, or
// sets `lhs` to its value. One statement for each await: g++ 12 needs them
// apart.
#define DUROXIDE_CONCAT_INNER(a, b) a##b
#define DUROXIDE_CONCAT(a, b) DUROXIDE_CONCAT_INNER(a, b)
#define ASSIGN_OR_CO_RETURN(lhs, expression)                                   \
  auto DUROXIDE_CONCAT(duroxide_result_, __LINE__) = expression;               \
  if (!DUROXIDE_CONCAT(duroxide_result_, __LINE__).ok()) {                     \
    co_return std::move(DUROXIDE_CONCAT(duroxide_result_, __LINE__)).status(); \
  }                                                                            \
  lhs = *std::move(DUROXIDE_CONCAT(duroxide_result_, __LINE__))

#endif  // DUROXIDE_RUNTIME_ORCHESTRATION_H_
