#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_MESSAGE_SIZE_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_MESSAGE_SIZE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "conformance/stress/stage.h"

namespace duroxide::stress {

// FAILED_PRECONDITION where the provider's max_message_bytes (WIRE-8) are less
// than `bytes`. `what` says what needs them, and which flag makes it less.
absl::Status RequireMessageBytes(Stage& stage, uint64_t bytes,
                                 std::string_view what);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_MESSAGE_SIZE_H_
