#include "conformance/stress/scenarios/message_size.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "conformance/stress/capabilities.h"

namespace duroxide::stress {

absl::Status RequireMessageBytes(Stage& stage, uint64_t bytes,
                                 std::string_view what) {
  const auto info = InfoOf(stage);
  if (!info.ok()) return info.status();
  const uint64_t most = info->limits().max_message_bytes();
  if (most >= bytes) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the provider's max_message_bytes are ", most, "; ", bytes,
                   " are needed for ", std::string(what)));
}

}  // namespace duroxide::stress
