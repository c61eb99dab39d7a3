#ifndef DUROXIDE_CONFORMANCE_FLAGS_H_
#define DUROXIDE_CONFORMANCE_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace duroxide::conformance {

// A lock time as users write it: "500ms", "1s", "1m30s". INVALID_ARGUMENT, with
// what to write, where it is none or not between 10 ms and 1 h.
absl::StatusOr<absl::Duration> ParseLockTimeout(const std::string& text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FLAGS_H_
