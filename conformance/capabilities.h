#ifndef DUROXIDE_CONFORMANCE_CAPABILITIES_H_
#define DUROXIDE_CONFORMANCE_CAPABILITIES_H_

// What a provider declares (WIRE-10).

#include <string>

#include "providers/provider.h"

namespace duroxide::conformance {

// True where the provider declares `capability`.
bool Declares(const v1::GetProviderInfoResponse& info,
              v1::Capability capability);

// The capability as people write it: "LONG_POLLING".
std::string CapabilityName(v1::Capability capability);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CAPABILITIES_H_
