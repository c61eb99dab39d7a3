#include "server/call_log.h"

#include <string>

#include "providers/errors.h"

namespace duroxide::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

LogLevel LevelOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return LogLevel::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
      return LogLevel::kWarning;
    default:
      return LogLevel::kDebug;
  }
}

// The text of a field, or "" where the message has no such field.
std::string TextOf(const Message& message, const char* name) {
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

// The message that a field holds, or the first of several; null for none.
const Message* MessageOf(const Message& message, const FieldDescriptor* field) {
  if (field == nullptr ||
      field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return nullptr;
  }
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) return &reflection->GetMessage(message, field);
  if (reflection->FieldSize(message, field) == 0) return nullptr;
  return &reflection->GetRepeatedMessage(message, field, 0);
}

// The instance that a request is about: its own field, or that of the work item
// or the events that it brings. "" where it names none.
std::string InstanceOf(const Message& message) {
  for (const char* name : {"instance", "parent_instance", "instance_id"}) {
    if (std::string text = TextOf(message, name); !text.empty()) return text;
  }
  for (const char* name : {"item", "completion", "history_delta"}) {
    const Message* inner =
        MessageOf(message, message.GetDescriptor()->FindFieldByName(name));
    if (inner != nullptr) return InstanceOf(*inner);
  }
  // A work item: its kind tells.
  const auto* kind = message.GetDescriptor()->FindOneofByName("kind");
  if (kind == nullptr) return "";
  const Message* inner = MessageOf(
      message, message.GetReflection()->GetOneofFieldDescriptor(message, kind));
  return inner == nullptr ? "" : InstanceOf(*inner);
}

}  // namespace

void CallLog::OnStarted(const google::protobuf::MethodDescriptor& /*method*/) {}

void CallLog::OnHandled(const HandledCall& call) {
  const LogLevel level = LevelOf(call.status.code());
  if (!logger_.Enabled(level)) return;
  Logger::Fields fields = {
      {"method", call.method.name()},
      {"store", TextOf(call.request, "store")},
  };
  if (std::string instance = InstanceOf(call.request); !instance.empty()) {
    fields["instance"] = instance;
  }
  fields["code"] = absl::StatusCodeToString(call.status.code());
  if (!call.status.ok()) {
    fields["reason"] = ReasonName(ReasonOf(call.status));
    fields["error"] = std::string(call.status.message());
  }
  fields["seconds"] = absl::ToDoubleSeconds(call.elapsed);
  logger_.Log(level, "call", fields);
}

}  // namespace duroxide::server
