#include "conformance/flags.h"

namespace duroxide::conformance {

absl::StatusOr<absl::Duration> ParseLockTimeout(const std::string& text) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    return absl::InvalidArgumentError(
        "is no duration; write a number with its unit, such as 500ms or 1s");
  }
  if (duration < absl::Milliseconds(10) || duration > absl::Hours(1)) {
    return absl::InvalidArgumentError("must be between 10ms and 1h");
  }
  return duration;
}

}  // namespace duroxide::conformance
