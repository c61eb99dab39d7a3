#ifndef DUROXIDE_CONFORMANCE_CASES_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_STEPS_H_

// Steps that many cases begin with. Each fails the case where the provider does
// not do its part.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "conformance/fixture.h"

namespace duroxide::conformance {

// Makes `instance` and ends its first turn. From then on it has a record,
// execution 1 with the one event StartedEvent(1), and an empty queue. Needs a
// store in which nothing else can be fetched.
void CreateInstance(Fixture& t, std::string_view instance);

// Fetches an instance from `callers` threads at the same moment, once each, and
// returns what they got.
std::vector<LockedItem> FetchAtOnce(Fixture& t, int callers,
                                    const FetchOptions& options = {});

// Calls `body` with 0 to n - 1, each once, several at a time: for many calls
// that have nothing to do with each other, which would take long one by one
// where the provider is far away.
void SideBySide(Fixture& t, size_t n, const std::function<void(size_t)>& body);

// The activity that cases about the worker queue work with.
v1::WorkItem SomeActivity();

// Puts SomeActivity into the queue and fetches it. Needs a store in which no
// other activity can be fetched.
LockedWork FetchSomeActivity(Fixture& t);

// Makes the events of the current execution unreadable. Needs
// CAPABILITY_CORRUPTION_HOOK.
void CorruptHistory(Fixture& t, std::string_view instance);

// The provider's clock, in milliseconds since the Unix epoch.
uint64_t ProviderNowMs(Fixture& t);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_STEPS_H_
