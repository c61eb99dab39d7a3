#include "conformance/cases/waiting_fetch.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "conformance/durations.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

absl::Duration AtMostAllowed(Fixture& t, absl::Duration wait) {
  const v1::ProviderLimits& limits = t.provider_info().limits();
  if (!limits.has_max_poll_timeout()) return wait;
  return std::min(wait, FromProto(limits.max_poll_timeout()));
}

std::string After(absl::Duration time) {
  return Concat("the fetch came back after ", absl::FormatDuration(time));
}

}  // namespace

absl::Duration LongWait(Fixture& t) {
  return AtMostAllowed(t, absl::Seconds(10));
}

absl::Duration ShortWait(Fixture& t) {
  return AtMostAllowed(t, 0.5 * t.lock_timeout());
}

void ExpectFullWait(Fixture& t, Moment sent, absl::Duration poll_timeout,
                    std::source_location where) {
  const Moment back = Now();
  const Interval wait = {
      .sent = sent, .received = sent, .length = poll_timeout};
  if (back >= wait.surely_until()) return;
  t.Fail(Concat("a wait of ", absl::FormatDuration(poll_timeout)),
         After(absl::FromChrono(back - sent)), "there was nothing to give",
         where);
}

void ExpectNoLongerWait(Fixture& t, Moment sent, absl::Duration poll_timeout,
                        std::source_location where) {
  const absl::Duration away = absl::FromChrono(Now() - sent);
  const absl::Duration most = poll_timeout + t.AtOnce();
  if (away <= most) return;
  t.FailLate(
      Concat("an answer within ", absl::FormatDuration(most)), After(away),
      Concat("its poll_timeout was ", absl::FormatDuration(poll_timeout)),
      where);
}

template <typename Item>
WaitingFetch<Item>::WaitingFetch(Fixture& t, Fetch fetch)
    : t_(t),
      fetch_(std::move(fetch)),
      run_([this] { return Run(); }),
      end_(run_.get_future().share()),
      thread_([this] { run_(); }) {
  t_.LetArrive();
}

template <typename Item>
Item WaitingFetch<Item>::WokenAtOnce(std::source_location where) {
  if (end_.wait_for(absl::ToChronoMilliseconds(t_.AtOnce())) !=
      std::future_status::ready) {
    t_.FailLate("the waiting fetch to be woken at once",
                Concat("nothing within ", absl::FormatDuration(t_.AtOnce())),
                "", where);
  }
  std::optional<Item> item = end_.get();
  if (!item)
    t_.Fail("an item", "none", "the waiting fetch was given up", where);
  return *std::move(item);
}

template <typename Item>
bool WaitingFetch<Item>::Waits() const {
  return end_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

template <typename Item>
std::optional<Item> WaitingFetch<Item>::GiveUp() {
  cancel_.request_stop();
  return end_.get();
}

template <typename Item>
std::optional<Item> WaitingFetch<Item>::Run() {
  const WaitOptions wait = {.poll_timeout = LongWait(t_),
                            .cancel = cancel_.get_token()};
  while (!cancel_.stop_requested()) {
    const Moment sent = Now();
    if (std::optional<Item> item = fetch_(wait)) return item;
    if (!cancel_.stop_requested()) {
      ExpectFullWait(t_, sent, wait.poll_timeout);
    }
  }
  return std::nullopt;
}

template class WaitingFetch<LockedItem>;
template class WaitingFetch<LockedWork>;
template class WaitingFetch<absl::Status>;

WaitingFetch<LockedItem> WaitForInstance(Fixture& t, FetchOptions options) {
  return {t, [&t, options](const WaitOptions& wait) mutable {
            options.wait = wait;
            return t.TryFetchOrchestrationItem(options);
          }};
}

WaitingFetch<LockedWork> WaitForActivity(Fixture& t, WorkFetchOptions options) {
  return {t, [&t, options](const WaitOptions& wait) mutable {
            options.wait = wait;
            return t.TryFetchWorkItem(options);
          }};
}

}  // namespace duroxide::conformance
