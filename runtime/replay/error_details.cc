#include "runtime/replay/error_details.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {

namespace v1 = ::duroxide::provider::v1;
using v1::ErrorDetails;

namespace {

std::string PoisonText(const v1::PoisonError& poison) {
  const std::string tries = absl::StrCat(
      poison.attempt_count(), " attempts (max ", poison.max_attempts(), ")");
  switch (poison.message_type_case()) {
    case v1::PoisonError::kActivity:
      return absl::StrCat("poison: activity ",
                          poison.activity().activity_name(), "#",
                          poison.activity().activity_id(), " exceeded ", tries);
    case v1::PoisonError::kFailedDeserialization:
      return absl::StrCat("poison: orchestration ",
                          poison.failed_deserialization().instance(),
                          " history deserialization failed after ", tries, ": ",
                          poison.failed_deserialization().error());
    default:
      return absl::StrCat("poison: orchestration ",
                          poison.orchestration().instance(), " exceeded ",
                          tries);
  }
}

std::string ApplicationText(const v1::ApplicationError& error) {
  switch (error.kind_case()) {
    case v1::ApplicationError::kCancelled:
      return absl::StrCat("canceled: ", error.cancelled().reason());
    case v1::ApplicationError::kPanicked:
      return absl::StrCat("orchestration panicked: ", error.message());
    default:
      return error.message();
  }
}

}  // namespace

ErrorDetails Nondeterminism(std::string message) {
  ErrorDetails details;
  auto& error = *details.mutable_configuration();
  error.set_kind(v1::ConfigurationError::KIND_NONDETERMINISM);
  error.set_message(std::move(message));
  return details;
}

ErrorDetails OrchestrationFailure(std::string message) {
  ErrorDetails details;
  auto& error = *details.mutable_application();
  error.mutable_orchestration_failed();
  error.set_message(std::move(message));
  return details;
}

ErrorDetails ActivityFailure(std::string message) {
  ErrorDetails details;
  auto& error = *details.mutable_application();
  error.mutable_activity_failed();
  error.set_message(std::move(message));
  return details;
}

ErrorDetails Panic(std::string message) {
  ErrorDetails details;
  auto& error = *details.mutable_application();
  error.mutable_panicked();
  error.set_message(std::move(message));
  return details;
}

ErrorDetails Cancellation(std::string reason) {
  ErrorDetails details;
  details.mutable_application()->mutable_cancelled()->set_reason(
      std::move(reason));
  return details;
}

ErrorDetails Infrastructure(std::string operation, std::string message,
                            bool retryable) {
  ErrorDetails details;
  auto& error = *details.mutable_infrastructure();
  error.set_operation(std::move(operation));
  error.set_message(std::move(message));
  error.set_retryable(retryable);
  return details;
}

bool IsApplicationError(const ErrorDetails& details) {
  return details.has_application();
}

std::string_view CategoryOf(const ErrorDetails& details) {
  switch (details.category_case()) {
    case ErrorDetails::kInfrastructure:
      return "infrastructure";
    case ErrorDetails::kConfiguration:
      return "configuration";
    case ErrorDetails::kApplication:
      return "application";
    case ErrorDetails::kPoison:
      return "poison";
    default:
      return "unknown";
  }
}

std::string TextOf(const ErrorDetails& details) {
  switch (details.category_case()) {
    case ErrorDetails::kInfrastructure:
      return absl::StrCat(
          "infrastructure:", details.infrastructure().operation(), ": ",
          details.infrastructure().message());
    case ErrorDetails::kConfiguration:
      return details.configuration().has_message()
                 ? absl::StrCat("nondeterministic: ",
                                details.configuration().message())
                 : absl::StrCat("nondeterministic in ",
                                details.configuration().resource());
    case ErrorDetails::kApplication:
      return ApplicationText(details.application());
    case ErrorDetails::kPoison:
      return PoisonText(details.poison());
    default:
      return "unknown error";
  }
}

}  // namespace duroxide::runtime
