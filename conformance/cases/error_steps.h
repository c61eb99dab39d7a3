#ifndef DUROXIDE_CONFORMANCE_CASES_ERROR_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_ERROR_STEPS_H_

// Steps of cases about errors.

#include <source_location>
#include <string_view>

#include "absl/status/status.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// `method` was answered with an error of this reason that is as WIRE-2 says, to
// the last field: the code, and the trailer with its one detail.
void ExpectDetailedError(
    Fixture& t, const absl::Status& status, v1::ErrorReason reason,
    std::string_view method,
    std::source_location where = std::source_location::current());

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_ERROR_STEPS_H_
