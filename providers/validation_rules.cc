#include "providers/validation_rules.h"

#include <cstdint>
#include <string>

#include "providers/provider.h"

namespace duroxide::validation {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;

constexpr size_t kMaxRequestIdBytes = 128;
constexpr int kMaxTags = 5;
constexpr uint32_t kMaxPageSize = 1000;

// True for an optional field that is not given: there is nothing to check.
bool IsAbsentOptional(const Message& message, const FieldDescriptor& field) {
  return field.has_presence() &&
         !message.GetReflection()->HasField(message, &field);
}

size_t StringSize(const Message& message, const FieldDescriptor& field,
                  int index) {
  std::string scratch;
  const auto* reflection = message.GetReflection();
  return index == kWholeField
             ? reflection->GetStringReference(message, &field, &scratch).size()
             : reflection
                   ->GetRepeatedStringReference(message, &field, index,
                                                &scratch)
                   .size();
}

const char* NotEmpty(const Message& message, const FieldDescriptor& field,
                     int index) {
  if (index == kWholeField && field.is_repeated()) return nullptr;
  if (IsAbsentOptional(message, field)) return nullptr;
  return StringSize(message, field, index) == 0 ? "must not be empty" : nullptr;
}

const char* RequestId(const Message& message, const FieldDescriptor& field,
                      int index) {
  if (IsAbsentOptional(message, field)) return nullptr;
  const size_t size = StringSize(message, field, index);
  return size == 0 || size > kMaxRequestIdBytes
             ? "must be 1 to 128 bytes where it is given"
             : nullptr;
}

const char* AtLeastOne(const Message& message, const FieldDescriptor& field,
                       int /*index*/) {
  if (IsAbsentOptional(message, field)) return nullptr;
  return message.GetReflection()->GetUInt64(message, &field) == 0
             ? "must be 1 or more"
             : nullptr;
}

const char* PageSize(const Message& message, const FieldDescriptor& field,
                     int /*index*/) {
  return message.GetReflection()->GetUInt32(message, &field) > kMaxPageSize
             ? "must be at most 1000; 0 lets the provider choose"
             : nullptr;
}

const char* Required(const Message& message, const FieldDescriptor& field,
                     int /*index*/) {
  return IsAbsentOptional(message, field) ? "is missing" : nullptr;
}

// Whether a duration is well formed is checked before its rule.
const char* Positive(const Message& message, const FieldDescriptor& field,
                     int /*index*/) {
  if (IsAbsentOptional(message, field)) return "must be given, more than zero";
  const auto& duration = static_cast<const google::protobuf::Duration&>(
      message.GetReflection()->GetMessage(message, &field));
  return duration.seconds() == 0 && duration.nanos() == 0
             ? "must be more than zero"
             : nullptr;
}

const char* KnownStatus(const Message& message, const FieldDescriptor& field,
                        int /*index*/) {
  if (IsAbsentOptional(message, field)) return nullptr;
  const int status = message.GetReflection()->GetEnumValue(message, &field);
  return v1::OrchestrationStatus_IsValid(status) &&
                 status != v1::ORCHESTRATION_STATUS_UNSPECIFIED
             ? nullptr
             : "must be a known status and not UNSPECIFIED where it is given";
}

const char* KnownTagMode(const Message& message, const FieldDescriptor& field,
                         int /*index*/) {
  const int mode = message.GetReflection()->GetEnumValue(message, &field);
  return v1::TagFilter::Mode_IsValid(mode) ? nullptr : "is not a known mode";
}

const char* TagCount(const Message& message, const FieldDescriptor& /*field*/,
                     int index) {
  if (index != kWholeField) return nullptr;
  const auto& filter = static_cast<const v1::TagFilter&>(message);
  const bool names_tags = filter.mode() == v1::TagFilter::MODE_TAGS ||
                          filter.mode() == v1::TagFilter::MODE_DEFAULT_AND;
  if (names_tags && (filter.tags().empty() || filter.tags_size() > kMaxTags)) {
    return "must be 1 to 5 tags with MODE_TAGS and MODE_DEFAULT_AND";
  }
  if (!names_tags && !filter.tags().empty()) {
    return "must be empty unless the mode is MODE_TAGS or MODE_DEFAULT_AND";
  }
  return nullptr;
}

// The kind of the work item that a field holds; KIND_NOT_SET where there is
// nothing to check here: an item without a kind is found by the oneof's rule.
v1::WorkItem::KindCase KindOf(const Message& message,
                              const FieldDescriptor& field, int index) {
  const auto* reflection = message.GetReflection();
  if (index == kWholeField && field.is_repeated()) {
    return v1::WorkItem::KIND_NOT_SET;
  }
  const Message& item =
      index == kWholeField
          ? reflection->GetMessage(message, &field)
          : reflection->GetRepeatedMessage(message, &field, index);
  return static_cast<const v1::WorkItem&>(item).kind_case();
}

const char* OrchestratorItem(const Message& message,
                             const FieldDescriptor& field, int index) {
  return KindOf(message, field, index) == v1::WorkItem::kActivityExecute
             ? "ActivityExecute belongs to the worker queue"
             : nullptr;
}

const char* WorkerItem(const Message& message, const FieldDescriptor& field,
                       int index) {
  switch (KindOf(message, field, index)) {
    case v1::WorkItem::KIND_NOT_SET:
    case v1::WorkItem::kActivityExecute:
      return nullptr;
    default:
      return "only ActivityExecute belongs to the worker queue";
  }
}

const char* Completion(const Message& message, const FieldDescriptor& field,
                       int index) {
  switch (KindOf(message, field, index)) {
    case v1::WorkItem::KIND_NOT_SET:
    case v1::WorkItem::kActivityCompleted:
    case v1::WorkItem::kActivityFailed:
      return nullptr;
    default:
      return "must be ActivityCompleted or ActivityFailed";
  }
}

template <Rule first, Rule second>
const char* Both(const Message& message, const FieldDescriptor& field,
                 int index) {
  const char* problem = first(message, field, index);
  return problem != nullptr ? problem : second(message, field, index);
}

struct FieldRule {
  // The message's name without its package; empty for every message.
  std::string_view message;
  std::string_view field;
  Rule rule;
};

// Where two rows fit a field the first one counts.
constexpr FieldRule kFieldRules[] = {
    {"", "request_id", RequestId},
    {"", "lock_token", NotEmpty},
    {"DropStoreRequest", "store", NotEmpty},

    // Ids of instances.
    {"", "instance", NotEmpty},
    {"", "instances", NotEmpty},
    {"", "parent_instance", NotEmpty},
    {"Event", "instance_id", NotEmpty},
    {"ExecutionMetadata", "parent_instance_id", NotEmpty},
    {"InstanceIds", "ids", NotEmpty},

    // Numbers that count from 1.
    {"AckOrchestrationItemRequest", "execution_id", AtLeastOne},
    {"AppendHistoryRequest", "execution_id", AtLeastOne},
    {"GetExecutionInfoRequest", "execution_id", AtLeastOne},
    {"ReadHistoryRequest", "execution_id", AtLeastOne},
    {"Event", "event_id", AtLeastOne},

    // Work items.
    {"EnqueueOrchestratorItemRequest", "item",
     Both<Required, OrchestratorItem>},
    {"AckOrchestrationItemRequest", "orchestrator_items", OrchestratorItem},
    {"EnqueueWorkItemRequest", "item", Both<Required, WorkerItem>},
    {"AckOrchestrationItemRequest", "worker_items", WorkerItem},
    {"AckWorkItemRequest", "completion", Completion},
    {"StartOrchestrationItem", "orchestration", NotEmpty},
    {"ContinueAsNewItem", "orchestration", NotEmpty},
    {"ActivityExecuteItem", "name", NotEmpty},

    // Locks and sessions.
    {"", "lock_timeout", Positive},
    {"", "extend_for", Positive},
    {"SessionFetchConfig", "owner_id", NotEmpty},
    {"RenewSessionLocksRequest", "owner_ids", NotEmpty},

    // Filters and pages.
    {"TagFilter", "mode", KnownTagMode},
    {"TagFilter", "tags", TagCount},
    {"SemanticVersionRange", "min", Required},
    {"SemanticVersionRange", "max", Required},
    {"ListInstancesRequest", "status", KnownStatus},
    {"ExecutionMetadata", "status", KnownStatus},
    {"", "page_size", PageSize},
};

}  // namespace

Rule RuleFor(const FieldDescriptor& field) {
  for (const FieldRule& row : kFieldRules) {
    if (row.field == field.name() &&
        (row.message.empty() ||
         row.message == field.containing_type()->name())) {
      return row.rule;
    }
  }
  return nullptr;
}

bool IsRequired(const OneofDescriptor& oneof) {
  return oneof.containing_type() == v1::WorkItem::descriptor() ||
         oneof.containing_type() == v1::Event::descriptor();
}

bool IsPayload(const Descriptor& message) {
  // event.proto has what events and errors say, and the event around it.
  return message.file() == v1::Event::descriptor()->file() &&
         &message != v1::Event::descriptor();
}

}  // namespace duroxide::validation
