#include "conformance/capabilities.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "conformance/text.h"

namespace duroxide::conformance {

bool Declares(const v1::GetProviderInfoResponse& info,
              v1::Capability capability) {
  return std::find(info.capabilities().begin(), info.capabilities().end(),
                   capability) != info.capabilities().end();
}

std::string CapabilityName(v1::Capability capability) {
  // A newer provider may declare what this program does not know.
  if (!v1::Capability_IsValid(capability)) {
    return Concat("capability ", static_cast<int>(capability));
  }
  return std::string(
      absl::StripPrefix(v1::Capability_Name(capability), "CAPABILITY_"));
}

}  // namespace duroxide::conformance
