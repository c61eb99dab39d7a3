// Faults of the details that errors carry.

#include <string>
#include <vector>

#include "absl/strings/cord.h"
#include "duroxide/provider/v1/errors.pb.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// Changes the detail of every error that has one. It goes with its message's
// name, as in a trailer.
template <typename Change>
FaultHooks OnEachDetail(Change change) {
  return {.after = [change](const Message&, Message&, absl::Status& status) {
    if (!HasDetail(status)) return;
    v1::ErrorDetail detail = DetailOf(status);
    change(detail);
    status.SetPayload("type.googleapis.com/duroxide.provider.v1.ErrorDetail",
                      absl::Cord(detail.SerializeAsString()));
  }};
}

FaultHooks EveryErrorIsRetryable() {
  return OnEachDetail(
      [](v1::ErrorDetail& detail) { detail.set_retryable(true); });
}

FaultHooks DetailsHaveNoMessage() {
  return OnEachDetail([](v1::ErrorDetail& detail) { detail.clear_message(); });
}

// Answers with the code alone, as some frameworks do.
FaultHooks ErrorsAreUnknown() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    if (!status.ok()) status = absl::UnknownError(status.message());
  }};
}

// Says what is the case, but with the first reason of that code.
FaultHooks ReasonsFollowFromTheCode() {
  return OnEachDetail([](v1::ErrorDetail& detail) {
    const auto& rules = *v1::ErrorReason_descriptor();
    for (int i = 1; i < rules.value_count(); ++i) {
      const auto reason =
          static_cast<v1::ErrorReason>(rules.value(i)->number());
      if (RuleOf(reason).code() != RuleOf(detail.reason()).code()) continue;
      return detail.set_reason(reason);
    }
  });
}

}  // namespace

std::vector<Fault> FaultsOfErrors() {
  return {
      {"EveryErrorIsRetryable",
       {{"errors/lock_lost", "WIRE-2"},
        {"errors/duplicate_event", "WIRE-2"},
        {"errors/instance_not_found", "WIRE-2"},
        {"errors/refused_deletions", "WIRE-2"},
        {"errors/history_corrupt", "WIRE-2"},
        {"errors/store_not_found", "WIRE-2"},
        {"errors/invalid_request", "WIRE-2"}},
       &EveryErrorIsRetryable},
      {"DetailsHaveNoMessage",
       {{"errors/lock_lost", "WIRE-2"}, {"errors/invalid_request", "WIRE-2"}},
       &DetailsHaveNoMessage},
      {"ErrorsAreUnknown",
       {{"errors/duplicate_event", "ACK-3"},
        {"errors/history_corrupt", "FETCH-8"}},
       &ErrorsAreUnknown},
      {"ReasonsFollowFromTheCode",
       {{"errors/refused_deletions", "DEL-1"},
        {"errors/store_not_found", "WIRE-1"}},
       &ReasonsFollowFromTheCode},
  };
}

}  // namespace duroxide::conformance
