#ifndef DUROXIDE_CONFORMANCE_FLAGS_H_
#define DUROXIDE_CONFORMANCE_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace duroxide::conformance {

// A duration as users write it: "500ms", "1s", "1m30s". INVALID_ARGUMENT, with
// what to write, where it is none or not between `least` and `most`.
absl::StatusOr<absl::Duration> ParseDuration(const std::string& text,
                                             absl::Duration least,
                                             absl::Duration most);

// A lock time: 10 ms to 1 h.
absl::StatusOr<absl::Duration> ParseLockTimeout(const std::string& text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FLAGS_H_
