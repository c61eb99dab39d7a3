#include "runtime/request_ids.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace duroxide::runtime {
namespace {

std::string MakePrefix() {
  absl::BitGen random;  // seeded by the system
  return absl::StrCat(
      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16),
      absl::Hex(absl::Uniform<uint64_t>(random), absl::kZeroPad16));
}

}  // namespace

RequestIds::RequestIds() : prefix_(MakePrefix()) {}

std::string RequestIds::Next() {
  // Padded, so that ids sort as they were made.
  return absl::StrCat(prefix_, "-", absl::Hex(next_++, absl::kZeroPad12));
}

}  // namespace duroxide::runtime
