#include "providers/sqlite/lock_token.h"

#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "providers/errors.h"

namespace duroxide::sqlite {

std::string RandomHex128() {
  // libstdc++'s random_device asks the processor or the kernel for every value;
  // it is no seeded generator whose next value could be computed.
  thread_local std::random_device device;
  std::string hex;
  for (int i = 0; i < 4; ++i) {
    absl::StrAppend(&hex, absl::Hex(device(), absl::kZeroPad8));
  }
  return hex;
}

std::string MakeLockToken(int64_t row_key) {
  return absl::StrCat(row_key, ".", RandomHex128());
}

std::optional<int64_t> RowOfToken(std::string_view token) {
  const size_t dot = token.find('.');
  int64_t row_key = 0;
  if (dot == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(token.substr(0, dot)), &row_key)) {
    return std::nullopt;
  }
  return row_key;
}

absl::Status LockLost() {
  return MakeError(
      provider::v1::ERROR_REASON_LOCK_LOST,
      "lock_token: it holds no lock: unknown, expired, taken over, "
      "or its item is gone; fetch again");
}

}  // namespace duroxide::sqlite
