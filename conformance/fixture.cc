#include "conformance/fixture.h"

#include <exception>
#include <latch>
#include <thread>

#include "conformance/capabilities.h"

namespace duroxide::conformance {

bool Fixture::Has(v1::Capability capability) const {
  return Declares(provider_info(), capability);
}

std::string Fixture::Doubt() const { return leases_.Overdue(Now()); }

ProviderMoment Fixture::ProviderTimeIn(absl::Duration delay,
                                       std::source_location where) {
  const Answer<v1::GetProviderInfoResponse> answer =
      session_.Call(&Provider::GetProviderInfo, v1::GetProviderInfoRequest());
  ExpectOk(answer.response, where);
  return {.at_ms = answer.response->now_ms() +
                   static_cast<uint64_t>(absl::ToInt64Milliseconds(delay)),
          .until = answer.For(delay)};
}

void Fixture::WaitUntilOver(const Interval& interval) {
  leases_.IntendUntil(interval.surely_over());
  WaitUntil(interval.surely_over(), session_.stop());
}

void Fixture::Concurrently(int n, const std::function<void(int)>& body) {
  std::latch all_ready(n);
  std::vector<std::exception_ptr> ends(static_cast<size_t>(n));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) {
      threads.emplace_back([&, i] {
        all_ready.arrive_and_wait();
        try {
          body(i);
        } catch (...) {
          ends[static_cast<size_t>(i)] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& end : ends) {
    if (end != nullptr) std::rethrow_exception(end);
  }
}

}  // namespace duroxide::conformance
