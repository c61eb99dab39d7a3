#ifndef DUROXIDE_RUNTIME_COMBINATORS_H_
#define DUROXIDE_RUNTIME_COMBINATORS_H_

// Waiting for several futures: for all of them, or for the first.

#include <cstddef>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/durable_future.h"
#include "runtime/orchestration.h"

namespace duroxide::runtime::internal {

template <typename T>
DurableFuture<T> ToFuture(DurableFuture<T>&& future) {
  return std::move(future);
}
template <typename T>
DurableFuture<typename Orchestration<T>::Result> ToFuture(
    Orchestration<T>&& part) {
  return std::move(part).AsFuture();
}

// The type that a future or a part has as its result.
template <typename F>
struct Awaited;
template <typename T>
struct Awaited<DurableFuture<T>> {
  using Type = T;
};
template <typename T>
struct Awaited<Orchestration<T>> {
  using Type = typename Orchestration<T>::Result;
};

// A future and, once it is there, its result.
template <typename T>
class Slot {
 public:
  explicit Slot(DurableFuture<T> future)
      : pollable_(std::move(future).Release()) {}

  // True once the result is there. What had to be kept for it is given up.
  bool Poll() {
    if (pollable_ != nullptr && pollable_->Poll()) {
      result_.emplace(pollable_->Take());
      pollable_.reset();
    }
    return pollable_ == nullptr;
  }
  T Take() { return *std::move(result_); }

 private:
  std::unique_ptr<PollableOf<T>> pollable_;
  std::optional<T> result_;
};

template <typename T>
class JoinedMany final : public PollableOf<std::vector<T>> {
 public:
  explicit JoinedMany(std::vector<DurableFuture<T>> futures) {
    slots_.reserve(futures.size());
    for (DurableFuture<T>& future : futures) {
      slots_.emplace_back(std::move(future));
    }
    waiting_.reserve(slots_.size());
    for (size_t i = 0; i < slots_.size(); ++i) waiting_.push_back(i);
  }

  bool Poll() override {
    // Each in its order, also behind one that is not there yet: a part goes on
    // while others wait.
    std::erase_if(waiting_, [this](size_t i) { return slots_[i].Poll(); });
    return waiting_.empty();
  }
  std::vector<T> Take() override {
    std::vector<T> results;
    results.reserve(slots_.size());
    for (Slot<T>& slot : slots_) results.push_back(slot.Take());
    return results;
  }

 private:
  std::vector<Slot<T>> slots_;
  std::vector<size_t> waiting_;
};

template <typename... Ts>
class Joined final : public PollableOf<std::tuple<Ts...>> {
 public:
  explicit Joined(DurableFuture<Ts>... futures)
      : slots_(Slot<Ts>(std::move(futures))...) {}

  bool Poll() override {
    bool all = true;
    std::apply([&all](auto&... slots) { ((all = slots.Poll() && all), ...); },
               slots_);
    return all;
  }
  std::tuple<Ts...> Take() override {
    return std::apply(
        [](auto&... slots) { return std::tuple<Ts...>(slots.Take()...); },
        slots_);
  }

 private:
  std::tuple<Slot<Ts>...> slots_;
};

template <typename... Ts>
class Selected final : public PollableOf<std::variant<Ts...>> {
 public:
  explicit Selected(DurableFuture<Ts>... futures)
      : pollables_(std::move(futures).Release()...) {}

  bool Poll() override { return PollFrom<0>(); }
  std::variant<Ts...> Take() override { return *std::move(winner_); }

 private:
  template <size_t i>
  bool PollFrom() {
    if constexpr (i == sizeof...(Ts)) {
      return false;
    } else {
      auto& pollable = std::get<i>(pollables_);
      if (!pollable->Poll()) return PollFrom<i + 1>();
      winner_.emplace(std::in_place_index<i>, pollable->Take());
      // The losers are given up here and now.
      pollables_ = {};
      return true;
    }
  }

  std::tuple<std::unique_ptr<PollableOf<Ts>>...> pollables_;
  std::optional<std::variant<Ts...>> winner_;
};

}  // namespace duroxide::runtime::internal

#endif  // DUROXIDE_RUNTIME_COMBINATORS_H_
