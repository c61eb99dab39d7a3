#include "providers/remote/request_id.h"

#include <cstdint>

#include "absl/random/random.h"
#include "absl/strings/str_format.h"

namespace duroxide::remote {

std::string MakeRequestId(absl::Time now) {
  // Seeded by the system, and one per thread so that threads do not wait for
  // each other.
  thread_local absl::BitGen random;
  const auto millis = static_cast<uint64_t>(absl::ToUnixMillis(now));
  const auto high = absl::Uniform<uint64_t>(random);
  const auto low = absl::Uniform<uint64_t>(random);
  // The layout of RFC 9562: 48 bits of time, version 7, variant 2.
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x",
                         (millis >> 16) & 0xffffffff, millis & 0xffff,
                         high & 0xfff, 0x8000 | ((high >> 16) & 0x3fff),
                         low & 0xffffffffffff);
}

}  // namespace duroxide::remote
