#include "tests/conformance/each_text.h"

#include <vector>

namespace duroxide::conformance {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void OnEachText(Message& message,
                const std::function<void(const FieldDescriptor& field,
                                         std::string& text)>& act) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message =
        field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!is_message && field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    if (!field->is_repeated()) {
      if (is_message) {
        OnEachText(*reflection->MutableMessage(&message, field), act);
        continue;
      }
      std::string text = reflection->GetString(message, field);
      act(*field, text);
      reflection->SetString(&message, field, text);
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (is_message) {
        OnEachText(*reflection->MutableRepeatedMessage(&message, field, i),
                   act);
        continue;
      }
      std::string text = reflection->GetRepeatedString(message, field, i);
      act(*field, text);
      reflection->SetRepeatedString(&message, field, i, text);
    }
  }
}

}  // namespace duroxide::conformance
