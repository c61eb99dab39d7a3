#include "conformance/fixture.h"

#include <algorithm>
#include <exception>
#include <latch>
#include <mutex>
#include <thread>

#include "conformance/capabilities.h"
#include "conformance/outcome.h"

namespace duroxide::conformance {
namespace {

// What a thread needs to send a call, and a provider to begin to wait.
constexpr absl::Duration kArrival = absl::Milliseconds(30);

// What a provider that works takes at most, on a machine that is busy.
constexpr absl::Duration kPatience = absl::Seconds(15);
// A waiting method may be waiting for a lock or a delay to run out.
constexpr int kPatienceLockTimes = 4;

}  // namespace

bool Fixture::Has(v1::Capability capability) const {
  return Declares(provider_info(), capability);
}

std::string Fixture::Doubt() const {
  // Calls were cut short: what came back proves nothing.
  if (session_.stop().stop_requested()) throw CaseInterrupted();
  return leases_.Overdue(Now());
}

void Fixture::FailAfterWait(const std::string& expected,
                            const std::string& seen, const std::string& context,
                            std::source_location where) {
  leases_.IntendAll();
  Fail(expected, seen, context, where);
}

void Fixture::FailLate(const std::string& expected, const std::string& seen,
                       const std::string& context, std::source_location where) {
  leases_.IntendAll();
  try {
    Fail(expected, seen, context, where);
  } catch (CaseFailed& failed) {
    throw CaseLate{std::move(failed.failure)};
  }
}

std::string Fixture::AnotherStore(std::source_location where) {
  testing_v1::CreateStoreRequest request;
  request.set_label(Concat("another store beside ", store()));
  testing_v1::CreateStoreResponse made =
      Do(&Provider::CreateStore, std::move(request), where);
  session_.AddStore(made.store());
  return made.store();
}

ProviderMoment Fixture::ProviderTimeIn(absl::Duration delay,
                                       std::source_location where) {
  const Answer<v1::GetProviderInfoResponse> answer =
      session_.Call(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  ExpectOk(answer.response, where);
  return {.at_ms = answer.response->now_ms() +
                   static_cast<uint64_t>(absl::ToInt64Milliseconds(delay)),
          .until = answer.For(delay)};
}

void Fixture::RestartProvider(std::source_location where) {
  const absl::Status restarted = session_.RestartProvider();
  if (restarted.ok()) return;
  Fail("the provider to serve again after a restart", restarted.ToString(), "",
       where);
}

void Fixture::WaitUntilOver(const Interval& interval) {
  const auto waiting = session_.BeginWait(
      Concat("the end of ", absl::FormatDuration(interval.length)));
  leases_.IntendUntil(interval.surely_over());
  WaitUntil(interval.surely_over(), stop_.get_token());
}

void Fixture::WaitUntilNearEnd(const Interval& interval) {
  WaitUntil(Add(interval.sent, 0.8 * interval.length), stop_.get_token());
}

absl::Duration Fixture::RoundTrip() {
  const Answer<v1::GetProviderInfoResponse> answer =
      session_.Call(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  return absl::FromChrono(answer.received - answer.sent);
}

void Fixture::LetArrive() {
  const absl::Duration there_and_back = RoundTrip();
  WaitUntil(Add(Now(), there_and_back + kArrival), stop_.get_token());
}

absl::Duration Fixture::patience() const {
  return std::max(kPatience, kPatienceLockTimes * lock_timeout());
}

void Fixture::Concurrently(int n, const std::function<void(int)>& body) {
  std::latch all_ready(n);
  std::mutex mutex;
  // How the first of its kind ended. Where one thread was too slow, what others
  // saw proves nothing; and one that was stopped was stopped by another's end.
  std::exception_ptr too_slow;
  std::exception_ptr failed;
  std::exception_ptr stopped;
  const auto keep = [&](std::exception_ptr& end) {
    std::lock_guard lock(mutex);
    if (end == nullptr) end = std::current_exception();
    stop_.request_stop();
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) {
      threads.emplace_back([&, i] {
        all_ready.arrive_and_wait();
        try {
          body(i);
        } catch (const CaseTooSlow&) {
          keep(too_slow);
        } catch (const CaseInterrupted&) {
          keep(stopped);
        } catch (...) {
          keep(failed);
        }
      });
    }
  }
  for (const std::exception_ptr& end : {too_slow, failed, stopped}) {
    if (end != nullptr) std::rethrow_exception(end);
  }
}

}  // namespace duroxide::conformance
