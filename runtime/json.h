#ifndef DUROXIDE_RUNTIME_JSON_H_
#define DUROXIDE_RUNTIME_JSON_H_

// Values as JSON texts, which typed inputs and results are. A type of the
// user's takes part as nlohmann::json has it: with to_json and from_json beside
// it, or NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace duroxide::runtime {

// INVALID_ARGUMENT where the value has no JSON text: a string that is not
// UTF-8.
template <typename T>
absl::StatusOr<std::string> EncodeJson(const T& value) {
  try {
    return nlohmann::json(value).dump();
  } catch (const nlohmann::json::exception& problem) {
    return absl::InvalidArgumentError(problem.what());
  }
}

// INVALID_ARGUMENT where `text` is no JSON text, or none of a T.
template <typename T>
absl::StatusOr<T> DecodeJson(std::string_view text) {
  try {
    return nlohmann::json::parse(text).get<T>();
  } catch (const nlohmann::json::exception& problem) {
    return absl::InvalidArgumentError(problem.what());
  }
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_JSON_H_
