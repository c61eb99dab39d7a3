#include "conformance/cases/broken_requests.h"

#include <algorithm>
#include <cctype>

#include "conformance/builders.h"
#include "conformance/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Breaks one field of a message; of a repeated field the first element.
using Break = void (*)(Message& message, const FieldDescriptor* field);

void SetText(Message& message, const FieldDescriptor* field,
             const std::string& text) {
  const auto* reflection = message.GetReflection();
  if (!field->is_repeated()) {
    reflection->SetString(&message, field, text);
  } else if (reflection->FieldSize(message, field) == 0) {
    reflection->AddString(&message, field, text);
  } else {
    reflection->SetRepeatedString(&message, field, 0, text);
  }
}

void Empty(Message& message, const FieldDescriptor* field) {
  SetText(message, field, "");
}

void HoldNul(Message& message, const FieldDescriptor* field) {
  SetText(message, field, std::string("order\0one", 9));
}

void Missing(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->ClearField(&message, field);
}

void Zero(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->SetUInt64(&message, field, 0);
}

void Unspecified(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->SetEnumValue(&message, field, 0);
}

void Unknown(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->SetEnumValue(&message, field, 99);
}

template <uint32_t number>
void Number(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->SetUInt32(&message, field, number);
}

template <int64_t seconds, int32_t nanos>
void Lasts(Message& message, const FieldDescriptor* field) {
  auto& duration = static_cast<Duration&>(
      *message.GetReflection()->MutableMessage(&message, field));
  duration.set_seconds(seconds);
  duration.set_nanos(nanos);
}

void NoKind(Message& message, const FieldDescriptor* field) {
  message.GetReflection()->ClearOneof(&message, field->containing_oneof());
}

// Puts a message into a field that takes another kind.
template <v1::WorkItem (*make)()>
void WrongKind(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  Message* item = field->is_repeated()
                      ? reflection->MutableRepeatedMessage(&message, field, 0)
                      : reflection->MutableMessage(&message, field);
  item->CopyFrom(make());
}
v1::WorkItem Activity() { return ActivityItem("order-1", 2); }
v1::WorkItem Start() { return StartItem("order-1"); }

template <v1::TagFilter::Mode mode, int tags>
void TagsOf(Message& message, const FieldDescriptor* /*field*/) {
  auto& filter = static_cast<v1::TagFilter&>(message);
  filter.set_mode(mode);
  filter.clear_tags();
  for (int i = 0; i < tags; ++i) filter.add_tags(Concat("tag-", i));
}

void NoToken(Message& message, const FieldDescriptor* field) {
  SetText(message, field, "no-such-page");
}

void TooLong(Message& message, const FieldDescriptor* field) {
  SetText(message, field, std::string(129, 'r'));
}

struct Fault {
  // A message's name without its package; empty is any.
  std::string_view message;
  std::string_view field;
  std::string_view fault;
  Break apply;
};

using Tags = v1::TagFilter;

// What WIRE-9 says of single fields. It does not go for payload.
constexpr Fault kFaultsOfFields[] = {
    // Ids of instances, tokens, owners.
    {"", "instance", "is empty", Empty},
    {"", "parent_instance", "is empty", Empty},
    {"DeleteInstancesRequest", "instances", "has an empty one", Empty},
    {"InstanceIds", "ids", "has an empty one", Empty},
    {"Event", "instance_id", "is empty", Empty},
    {"ExecutionMetadata", "parent_instance_id", "is empty", Empty},
    {"", "lock_token", "is empty", Empty},
    {"SessionFetchConfig", "owner_id", "is empty", Empty},
    {"RenewSessionLocksRequest", "owner_ids", "has an empty one", Empty},
    // Ids that count from 1.
    {"AckOrchestrationItemRequest", "execution_id", "is 0", Zero},
    {"AppendHistoryRequest", "execution_id", "is 0", Zero},
    {"ReadHistoryRequest", "execution_id", "is 0", Zero},
    {"GetExecutionInfoRequest", "execution_id", "is 0", Zero},
    {"Event", "event_id", "is 0", Zero},
    // Messages of the queues.
    {"EnqueueOrchestratorItemRequest", "item", "is missing", Missing},
    {"EnqueueOrchestratorItemRequest", "item", "is an activity",
     WrongKind<Activity>},
    {"EnqueueWorkItemRequest", "item", "is missing", Missing},
    {"EnqueueWorkItemRequest", "item", "is a start", WrongKind<Start>},
    {"AckOrchestrationItemRequest", "worker_items", "has a start",
     WrongKind<Start>},
    {"AckOrchestrationItemRequest", "orchestrator_items", "has an activity",
     WrongKind<Activity>},
    {"AckWorkItemRequest", "completion", "is an activity", WrongKind<Activity>},
    {"AckWorkItemRequest", "completion", "is a start", WrongKind<Start>},
    {"StartOrchestrationItem", "orchestration", "is empty", Empty},
    {"ContinueAsNewItem", "orchestration", "is empty", Empty},
    {"ActivityExecuteItem", "name", "is empty", Empty},
    // Times that locks last.
    {"", "lock_timeout", "is missing", Missing},
    {"", "lock_timeout", "is zero", Lasts<0, 0>},
    {"", "extend_for", "is missing", Missing},
    {"", "extend_for", "is zero", Lasts<0, 0>},
    // Filters.
    {"TagFilter", "mode", "is not known", Unknown},
    {"TagFilter", "tags", "has none with TAGS", TagsOf<Tags::MODE_TAGS, 0>},
    {"TagFilter", "tags", "has 6 with TAGS", TagsOf<Tags::MODE_TAGS, 6>},
    {"TagFilter", "tags", "has none with DEFAULT_AND",
     TagsOf<Tags::MODE_DEFAULT_AND, 0>},
    {"TagFilter", "tags", "has 6 with DEFAULT_AND",
     TagsOf<Tags::MODE_DEFAULT_AND, 6>},
    {"TagFilter", "tags", "has one without a mode",
     TagsOf<Tags::MODE_UNSPECIFIED, 1>},
    {"TagFilter", "tags", "has one with DEFAULT_ONLY",
     TagsOf<Tags::MODE_DEFAULT_ONLY, 1>},
    {"TagFilter", "tags", "has one with ANY", TagsOf<Tags::MODE_ANY, 1>},
    {"TagFilter", "tags", "has one with NONE", TagsOf<Tags::MODE_NONE, 1>},
    {"SemanticVersionRange", "min", "is missing", Missing},
    {"SemanticVersionRange", "max", "is missing", Missing},
    {"ListInstancesRequest", "status", "is UNSPECIFIED", Unspecified},
    {"ListInstancesRequest", "status", "is not known", Unknown},
    {"ExecutionMetadata", "status", "is UNSPECIFIED", Unspecified},
    {"ExecutionMetadata", "status", "is not known", Unknown},
    // Pages.
    {"", "page_size", "is 1001", Number<1001>},
    {"", "page_size", "is 2^32 - 1", Number<4'294'967'295>},
    {"", "page_token", "is none of the provider's", NoToken},
};

constexpr Fault kFaultsOfRequestIds[] = {
    {"", "request_id", "is empty", Empty},
    {"", "request_id", "has 129 bytes", TooLong},
};

// What WIRE-9 says of every field of a type.
constexpr Fault kFaultsOfTexts[] = {{"", "", "holds NUL", HoldNul}};
constexpr Fault kFaultsOfDurations[] = {
    {"", "", "is -1 s", Lasts<-1, 0>},
    {"", "", "is -1 ns", Lasts<0, -1>},
    {"", "", "has nanos of a whole second", Lasts<1, 1'000'000'000>},
    {"", "", "has parts of different signs", Lasts<1, -1>},
    {"", "", "is longer than 10,000 years", Lasts<315'576'000'001, 0>},
};
constexpr Fault kFaultsOfKinds[] = {{"", "", "is not set", NoKind}};

// What events and errors say; the event around it is none.
bool IsPayload(const Descriptor& type) {
  return type.file() == v1::Event::descriptor()->file() &&
         &type != v1::Event::descriptor();
}

// Collects the broken versions of a request.
class Breaker {
 public:
  explicit Breaker(const Message& sound) : request_(Copy(sound)) {
    Walk(*request_, "");
  }

  std::vector<BrokenRequest> Take() { return std::move(broken_); }

 private:
  // `message` is the request or a message in it.
  void Walk(Message& message, const std::string& path) {
    const Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      BreakField(message, type.field(i), path);
    }
    if (&type == v1::WorkItem::descriptor() ||
        &type == v1::Event::descriptor()) {
      const FieldDescriptor* choice = type.oneof_decl(0)->field(0);
      BreakBy(kFaultsOfKinds[0], message, choice, path, "kind");
    }
  }

  void BreakField(Message& message, const FieldDescriptor* field,
                  const std::string& path) {
    const auto* reflection = message.GetReflection();
    const bool is_request_id = field->name() == "request_id";
    if (is_request_id && !reflection->HasField(message, field)) return;
    const bool is_chosen = field->real_containing_oneof() == nullptr ||
                           reflection->HasField(message, field);
    if (!is_chosen) return;
    if (is_request_id) BreakByAll(kFaultsOfRequestIds, message, field, path);
    if (!IsPayload(*message.GetDescriptor())) {
      BreakByAll(kFaultsOfFields, message, field, path);
    }
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      BreakByAll(kFaultsOfTexts, message, field, path);
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
    if (field->message_type() == Duration::descriptor()) {
      BreakByAll(kFaultsOfDurations, message, field, path);
    } else {
      WalkInto(message, field, path);
    }
  }

  void WalkInto(Message& message, const FieldDescriptor* field,
                const std::string& path) {
    const auto* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      if (!reflection->HasField(message, field)) return;
      Walk(*reflection->MutableMessage(&message, field),
           Concat(path, field->name(), "."));
      return;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      Walk(*reflection->MutableRepeatedMessage(&message, field, i),
           Concat(path, field->name(), "[", i, "]."));
    }
  }

  template <size_t count>
  void BreakByAll(const Fault (&faults)[count], Message& message,
                  const FieldDescriptor* field, const std::string& path) {
    for (const Fault& fault : faults) {
      const bool fits = (fault.message.empty() ||
                         fault.message == message.GetDescriptor()->name()) &&
                        (fault.field.empty() || fault.field == field->name());
      if (fits) BreakBy(fault, message, field, path, field->name());
    }
  }

  void BreakBy(const Fault& fault, Message& message,
               const FieldDescriptor* field, const std::string& path,
               const std::string& name) {
    const AnyMessage sound = Copy(message);
    fault.apply(message, field);
    broken_.push_back({.request = Copy(*request_),
                       .path = path + name,
                       .field = name,
                       .fault = fault.fault});
    message.CopyFrom(*sound);
  }

  // Broken in one field at a time, and mended again.
  const AnyMessage request_;
  std::vector<BrokenRequest> broken_;
};

bool IsPartOfName(char c) {
  return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

}  // namespace

std::vector<BrokenRequest> BrokenVersionsOf(const Message& sound) {
  return Breaker(sound).Take();
}

bool NamesField(std::string_view text, std::string_view name) {
  for (size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const size_t end = at + name.size();
    const bool begins = at == 0 || !IsPartOfName(text[at - 1]);
    const bool ends = end == text.size() || !IsPartOfName(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace duroxide::conformance
