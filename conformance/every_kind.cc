#include "conformance/every_kind.h"

#include <memory>
#include <utility>

#include "google/protobuf/message.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

using Messages = std::vector<std::unique_ptr<Message>>;

class Filler {
 public:
  explicit Filler(const TextOf& text) : text_(text) {}

  // One message of the type for each choice among its kinds.
  Messages EveryKind(const Descriptor& type) {
    Messages made;
    made.emplace_back(
        MessageFactory::generated_factory()->GetPrototype(&type)->New());
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      if (field->real_containing_oneof() != nullptr) continue;
      made = WithField(made, field);
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
      const auto* oneof = type.oneof_decl(i);
      Messages chosen;
      for (int j = 0; j < oneof->field_count(); ++j) {
        for (auto& message : WithField(made, oneof->field(j))) {
          chosen.push_back(std::move(message));
        }
      }
      made = std::move(chosen);
    }
    return made;
  }

 private:
  // Each of `messages` with each of the values that `field` can have.
  Messages WithField(const Messages& messages, const FieldDescriptor* field) {
    Messages made;
    for (const auto& message : messages) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        made.push_back(Copy(*message));
        SetScalar(*made.back(), field);
        continue;
      }
      for (const auto& inner : EveryKind(*field->message_type())) {
        made.push_back(Copy(*message));
        SetMessage(*made.back(), field, *inner);
      }
    }
    return made;
  }

  void SetScalar(Message& message, const FieldDescriptor* field) {
    const auto* reflection = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return reflection->SetString(&message, field, text_(*field));
      case FieldDescriptor::CPPTYPE_UINT64:
        return reflection->SetUInt64(&message, field,
                                     (uint64_t{1} << 62) + ++numbers_);
      case FieldDescriptor::CPPTYPE_UINT32:
        return reflection->SetUInt32(&message, field,
                                     4'000'000'000 + ++numbers_);
      case FieldDescriptor::CPPTYPE_BOOL:
        return reflection->SetBool(&message, field, true);
      default:  // an enum: its last value
        const auto* type = field->enum_type();
        return reflection->SetEnum(&message, field,
                                   type->value(type->value_count() - 1));
    }
  }

  // A list gets two.
  static void SetMessage(Message& message, const FieldDescriptor* field,
                         const Message& value) {
    const auto* reflection = message.GetReflection();
    if (!field->is_repeated()) {
      reflection->MutableMessage(&message, field)->CopyFrom(value);
      return;
    }
    reflection->AddMessage(&message, field)->CopyFrom(value);
    reflection->AddMessage(&message, field)->CopyFrom(value);
  }

  static std::unique_ptr<Message> Copy(const Message& message) {
    std::unique_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    return copy;
  }

  const TextOf& text_;
  uint32_t numbers_ = 0;
};

template <typename T>
std::vector<T> Make(const TextOf& text) {
  std::vector<T> made;
  for (const auto& message : Filler(text).EveryKind(*T::descriptor())) {
    made.push_back(static_cast<const T&>(*message));
  }
  return made;
}

// The kind that is set.
const FieldDescriptor* KindOf(const v1::WorkItem& message) {
  return v1::WorkItem::GetReflection()->GetOneofFieldDescriptor(
      message, v1::WorkItem::descriptor()->oneof_decl(0));
}

// The field of a kind that names the instance of its queue.
const FieldDescriptor* InstanceField(const FieldDescriptor& kind) {
  const Descriptor& type = *kind.message_type();
  const FieldDescriptor* instance = type.FindFieldByName("instance");
  return instance != nullptr ? instance
                             : type.FindFieldByName("parent_instance");
}

}  // namespace

std::vector<v1::Event> EventsOfEveryKind(const std::string& instance,
                                         uint64_t execution_id,
                                         const TextOf& text) {
  std::vector<v1::Event> events = Make<v1::Event>(text);
  uint64_t id = 0;
  for (v1::Event& event : events) {
    event.set_event_id(++id);
    event.set_instance_id(instance);
    event.set_execution_id(execution_id);
  }
  return events;
}

std::vector<v1::WorkItem> MessagesOfEveryKind(const std::string& instance,
                                              const TextOf& text) {
  std::vector<v1::WorkItem> messages = Make<v1::WorkItem>(text);
  for (v1::WorkItem& message : messages) {
    const FieldDescriptor* kind = KindOf(message);
    Message* said =
        v1::WorkItem::GetReflection()->MutableMessage(&message, kind);
    said->GetReflection()->SetString(said, InstanceField(*kind), instance);
  }
  return messages;
}

}  // namespace duroxide::conformance
