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
// Who interrupts a run does not want to wait for a provider that hangs.
constexpr absl::Duration kHurriedLimit = absl::Seconds(2);

// A store that cannot be dropped is the provider's to keep: the case has its
// verdict, and the cases that judge DropStore make their own calls.
void Drop(Provider& provider, const std::string& store,
          const std::stop_token& stop) {
  testing_v1::DropStoreRequest request;
  request.set_store(store);
  const absl::Duration limit =
      stop.stop_requested() ? kHurriedLimit : kDropLimit;
  Await(provider, &Provider::DropStore, request,
        {.deadline = absl::Now() + limit})
      .IgnoreError();
}

}  // namespace

CaseSession::CaseSession(std::string case_id, Room& room, Waits& waits,
                         SessionOptions options)
    : case_id_(std::move(case_id)),
      room_(room),
      waits_(waits),
      options_(std::move(options)) {}

CaseSession::~CaseSession() {
  for (const std::string& store : added_stores_) {
    Drop(*room_.provider(), store, options_.stop);
  }
}

absl::Status CaseSession::RestartProvider() {
  const auto under_way = waits_.Begin("the provider's restart");
  return room_.Restart(options_.stop);
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
  reflection.SetString(&request, field, store());
}

std::string CaseSession::MethodOf(const google::protobuf::Message& request) {
  return std::string(
      absl::StripSuffix(request.GetDescriptor()->name(), "Request"));
}

CallContext CaseSession::NextCall(absl::Duration timeout,
                                  std::stop_token stop) const {
  if (options_.stop.stop_requested()) throw CaseInterrupted();
  return {.deadline = absl::Now() + timeout,
          .stop = std::move(stop),
          .abandon = options_.abandon};
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
  if (options_.calls != nullptr) options_.calls->OnCall(case_id_, call);
  transcript_.Add(std::move(call));
}

bool CaseSession::IsBusy(const absl::Status& status) {
  return ReasonOf(status) == v1::ERROR_REASON_STORE_BUSY;
}

}  // namespace duroxide::conformance
