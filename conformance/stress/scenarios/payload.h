#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_PAYLOAD_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_PAYLOAD_H_

// Texts of any size that say themselves what they must be.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duroxide::stress {

// A text of `kb` KiB. Not to be compressed much, and the same for the same
// arguments.
std::string MakePayload(uint64_t seed, int kb);

// The seed of a text that begins as a payload. Costs nothing.
std::optional<uint64_t> SeedOf(std::string_view text);

// True where every byte of it is what MakePayload made.
bool IsPayload(std::string_view text);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_PAYLOAD_H_
