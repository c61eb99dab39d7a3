#ifndef DUROXIDE_CONFORMANCE_CASES_PINNED_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_PINNED_STEPS_H_

// Steps of cases about pinned versions.

#include <string>
#include <string_view>

#include "conformance/fixture.h"

namespace duroxide::conformance {

// Makes `instance` and ends its first turn, which pins execution 1 to
// `version`; else as CreateInstance.
void CreatePinned(Fixture& t, std::string_view instance,
                  const v1::SemanticVersion& version);

// "1.2.3"
std::string TextOf(const v1::SemanticVersion& version);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_PINNED_STEPS_H_
