#ifndef DUROXIDE_CONFORMANCE_PROBE_H_
#define DUROXIDE_CONFORMANCE_PROBE_H_

// The first look at a provider: can it be judged at all?

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/result.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// The major version of the contract that this program judges.
inline constexpr int kContractMajor = 1;

// Asks `provider` for its info. `endpoint` is what the user called it.
//
// An error where it does not answer or speaks no version of the contract that
// this program judges. Its message, as those below, says what was tried, what
// came back and what to do, in several lines.
absl::StatusOr<v1::GetProviderInfoResponse> Probe(Provider& provider,
                                                  const std::string& endpoint);

// An error where the provider at `endpoint`, which said `other` of itself, is
// not like the first one: replicas have one version and one set of
// capabilities.
absl::Status CheckAlike(const v1::GetProviderInfoResponse& first,
                        const v1::GetProviderInfoResponse& other,
                        const std::string& endpoint);

// Makes a store with the first of `replicas`, looks for it with the others, and
// drops it. An error where nobody can make stores, or where they are no
// replicas of one backend. `endpoints` has an endpoint for each.
absl::Status ProbeStores(const std::vector<std::shared_ptr<Provider>>& replicas,
                         const std::vector<std::string>& endpoints);

// How cases are kept apart: as `asked`, or else the best that there is. An
// error where the provider does not allow for it. `launched` is true where the
// runner itself starts the provider.
absl::StatusOr<Isolation> ChooseIsolation(
    std::optional<Isolation> asked, const v1::GetProviderInfoResponse& info,
    bool launched);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PROBE_H_
