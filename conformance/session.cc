#include "conformance/session.h"

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/strip.h"
#include "conformance/outcome.h"
#include "conformance/patience.h"
#include "google/protobuf/descriptor.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

// Dropping a store happens where nobody may be left to hear of a failure.
constexpr absl::Duration kDropLimit = absl::Seconds(10);

// Methods and their requests have one name by the contract's own rule.
std::string MethodOf(const google::protobuf::Message& request) {
  return std::string(
      absl::StripSuffix(request.GetDescriptor()->name(), "Request"));
}

// A store that cannot be dropped is the provider's to keep: the case has its
// verdict, and the cases that judge DropStore make their own calls.
void Drop(Provider& provider, const std::string& store) {
  testing_v1::DropStoreRequest request;
  request.set_store(store);
  Await(provider, &Provider::DropStore, request,
        {.deadline = absl::Now() + kDropLimit})
      .IgnoreError();
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseSession>> CaseSession::Open(
    SessionOptions options, const std::string& label) {
  testing_v1::CreateStoreRequest request;
  request.set_label(label);
  absl::StatusOr<testing_v1::CreateStoreResponse> made =
      Await(*options.provider, &Provider::CreateStore, request,
            {.deadline = absl::Now() + CallLimits::kPatience});
  if (!made.ok()) return made.status();
  return std::unique_ptr<CaseSession>(
      new CaseSession(std::move(options), label, made->store()));
}

CaseSession::CaseSession(SessionOptions options, std::string label,
                         std::string store)
    : options_(std::move(options)),
      label_(std::move(label)),
      store_(std::move(store)) {}

CaseSession::~CaseSession() {
  for (const std::string& store : added_stores_) {
    Drop(*options_.provider, store);
  }
  Drop(*options_.provider, store_);
}

void CaseSession::AddStore(std::string store) {
  const std::lock_guard lock(mutex_);
  added_stores_.push_back(std::move(store));
}

void CaseSession::FillStore(google::protobuf::Message& request) const {
  const google::protobuf::FieldDescriptor* field =
      request.GetDescriptor()->FindFieldByName("store");
  if (field == nullptr) return;
  const google::protobuf::Reflection& reflection = *request.GetReflection();
  if (!reflection.GetString(request, field).empty()) return;
  reflection.SetString(&request, field, store_);
}

CallContext CaseSession::NextCall(absl::Duration timeout,
                                  std::stop_token stop) const {
  if (options_.stop.stop_requested()) throw CaseInterrupted();
  return {.deadline = absl::Now() + timeout, .stop = std::move(stop)};
}

void CaseSession::Record(CallRecord call,
                         const google::protobuf::Message& request,
                         const google::protobuf::Message* response) {
  const auto copy = [](const google::protobuf::Message& message) {
    std::shared_ptr<google::protobuf::Message> made(message.New());
    made->CopyFrom(message);
    return made;
  };
  call.method = MethodOf(request);
  call.request = copy(request);
  if (response != nullptr) call.response = copy(*response);
  if (options_.calls != nullptr) options_.calls->OnCall(label_, call);
  transcript_.Add(std::move(call));
}

bool CaseSession::IsBusy(const absl::Status& status) {
  return ReasonOf(status) == v1::ERROR_REASON_STORE_BUSY;
}

}  // namespace duroxide::conformance
