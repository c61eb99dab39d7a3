#ifndef DUROXIDE_CONFORMANCE_PROBE_H_
#define DUROXIDE_CONFORMANCE_PROBE_H_

// The first look at a provider: can it be judged at all?

#include <string>

#include "absl/status/statusor.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// The major version of the contract that this program judges.
inline constexpr int kContractMajor = 1;

// Asks `provider` for its info, and makes and drops a store. `endpoint` is what
// the user called it.
//
// An error where it does not answer, speaks no version of the contract that
// this program judges, or lets nobody make stores. Its message says what was
// tried, what came back and what to do, in several lines.
absl::StatusOr<v1::GetProviderInfoResponse> Probe(Provider& provider,
                                                  const std::string& endpoint);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PROBE_H_
