#ifndef DUROXIDE_CONFORMANCE_CLIENT_H_
#define DUROXIDE_CONFORMANCE_CLIENT_H_

#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// The provider at an endpoint, as cases reach it: what they send is what it
// gets, and nothing is sent again behind their back. INVALID_ARGUMENT where the
// endpoint is malformed.
absl::StatusOr<std::shared_ptr<Provider>> MakeClient(
    const std::string& endpoint);

// The provider at an endpoint, as a runtime reaches it: what fails and may be
// sent again is, with the same request id where the provider knows them
// (`request_ids`, WIRE-7). INVALID_ARGUMENT where the endpoint is malformed.
absl::StatusOr<std::shared_ptr<Provider>> MakeWorkingClient(
    const std::string& endpoint, bool request_ids);

// Asks once, over a connection of its own, whether the contract is served at
// the endpoint.
absl::Status AskWhetherServes(const std::string& endpoint);

// Blocks until the provider at `endpoint` answers, whatever it answers, for
// `patience` at most, or until a stop is requested.
void WaitForAnswer(const std::string& endpoint, absl::Duration patience,
                   const std::stop_token& stop);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CLIENT_H_
