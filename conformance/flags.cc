#include "conformance/flags.h"

#include "conformance/text.h"

namespace duroxide::conformance {

absl::StatusOr<absl::Duration> ParseDuration(const std::string& text,
                                             absl::Duration least,
                                             absl::Duration most) {
  absl::Duration duration;
  if (!absl::ParseDuration(text, &duration)) {
    return absl::InvalidArgumentError(
        "is no duration; write a number with its unit, such as 500ms or 1s");
  }
  if (duration < least || duration > most) {
    return absl::InvalidArgumentError(
        Concat("must be between ", absl::FormatDuration(least), " and ",
               absl::FormatDuration(most)));
  }
  return duration;
}

absl::StatusOr<absl::Duration> ParseLockTimeout(const std::string& text) {
  return ParseDuration(text, absl::Milliseconds(10), absl::Hours(1));
}

}  // namespace duroxide::conformance
