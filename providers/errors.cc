#include "providers/errors.h"

#include <grpcpp/support/status.h>

#include <optional>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "google/protobuf/descriptor.h"

namespace duroxide {
namespace {

using provider::v1::ErrorDetail;
using provider::v1::ErrorReason;
using provider::v1::ReasonRule;

// Debian builds Abseil with a string_view of its own; it does not convert.
constexpr absl::string_view kDetailUrl =
    "type.googleapis.com/duroxide.provider.v1.ErrorDetail";
constexpr absl::string_view kTrailerUrl =
    "type.googleapis.com/duroxide.provider.v1.Status";

template <typename Message>
std::optional<Message> Attached(const absl::Status& status,
                                absl::string_view url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  Message message;
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  return message;
}

std::optional<ErrorDetail> AttachedDetail(const absl::Status& status) {
  return Attached<ErrorDetail>(status, kDetailUrl);
}

void Attach(const ErrorDetail& detail, absl::Status& status) {
  status.SetPayload(kDetailUrl, absl::Cord(detail.SerializeAsString()));
}

bool RetryableByCode(absl::StatusCode code) {
  return code == absl::StatusCode::kUnavailable ||
         code == absl::StatusCode::kDeadlineExceeded ||
         code == absl::StatusCode::kResourceExhausted ||
         code == absl::StatusCode::kAborted;
}

}  // namespace

const ReasonRule& RuleOf(ErrorReason reason) {
  const google::protobuf::EnumValueDescriptor* value =
      provider::v1::ErrorReason_descriptor()->FindValueByNumber(reason);
  if (value == nullptr) return ReasonRule::default_instance();
  return value->options().GetExtension(provider::v1::reason_rule);
}

std::string_view ReasonName(ErrorReason reason) {
  constexpr std::string_view kPrefix = "ERROR_REASON_";
  const std::string& name = provider::v1::ErrorReason_Name(reason);
  if (name.empty()) return "UNSPECIFIED";
  return std::string_view(name).substr(kPrefix.size());
}

absl::Status MakeError(ErrorReason reason, std::string_view message) {
  const ReasonRule& rule = RuleOf(reason);
  ErrorDetail detail;
  detail.set_reason(reason);
  detail.set_retryable(rule.retryable());
  detail.set_message(std::string(message));
  absl::Status status(static_cast<absl::StatusCode>(rule.code()),
                      detail.message());
  Attach(detail, status);
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view problem) {
  return MakeError(provider::v1::ERROR_REASON_INVALID_REQUEST,
                   std::string(field).append(": ").append(problem));
}

ErrorDetail DetailOf(const absl::Status& status) {
  if (std::optional<ErrorDetail> detail = AttachedDetail(status)) {
    return *std::move(detail);
  }
  ErrorDetail detail;
  detail.set_retryable(RetryableByCode(status.code()));
  detail.set_message(std::string(status.message()));
  return detail;
}

bool HasDetail(const absl::Status& status) {
  return AttachedDetail(status).has_value();
}

ErrorReason ReasonOf(const absl::Status& status) {
  return DetailOf(status).reason();
}

bool IsRetryable(const absl::Status& status) {
  return !status.ok() && DetailOf(status).retryable();
}

grpc::Status ToWire(const absl::Status& status, std::string_view operation) {
  if (status.ok()) return grpc::Status::OK;
  const absl::Status reasoned =
      HasDetail(status) ? status
                        : MakeError(provider::v1::ERROR_REASON_INTERNAL,
                                    std::string(status.message()));
  ErrorDetail detail = DetailOf(reasoned);
  detail.set_operation(std::string(operation));

  provider::v1::Status wire;
  wire.set_code(static_cast<int>(reasoned.code()));
  wire.set_message(std::string(reasoned.message()));
  wire.add_details()->PackFrom(detail);
  return grpc::Status(static_cast<grpc::StatusCode>(reasoned.code()),
                      wire.message(), wire.SerializeAsString());
}

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
  provider::v1::Status wire;
  if (status.error_details().empty() ||
      !wire.ParseFromString(status.error_details())) {
    return result;
  }
  result.SetPayload(kTrailerUrl, absl::Cord(status.error_details()));
  for (const google::protobuf::Any& any : wire.details()) {
    ErrorDetail detail;
    if (any.UnpackTo(&detail)) {
      Attach(detail, result);
      break;
    }
  }
  return result;
}

std::optional<provider::v1::Status> TrailerOf(const absl::Status& status) {
  return Attached<provider::v1::Status>(status, kTrailerUrl);
}

}  // namespace duroxide
