// Faults of providers that do not give texts back as they came.

#include <cctype>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "providers/await.h"
#include "tests/conformance/each_text.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// True for what a caller has from the provider, and no provider changes.
bool IsHandle(const google::protobuf::FieldDescriptor& field) {
  return field.name() == "store" || field.name() == "lock_token" ||
         field.name() == "page_token" || field.name() == "request_id";
}

// Changes every text that comes in.
template <typename Change>
FaultHooks OnTextsThatComeIn(Change change) {
  return {.before = [change](Provider&, Message& request) {
    OnEachText(request, [change](const auto& field, std::string& text) {
      if (!IsHandle(field)) change(text);
    });
  }};
}

FaultHooks TextsAreTrimmed() {
  return OnTextsThatComeIn([](std::string& text) {
    while (text.size() > 1 && text.back() == ' ') text.pop_back();
  });
}

FaultHooks CaseDoesNotCount() {
  return OnTextsThatComeIn([](std::string& text) {
    for (char& c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) c = static_cast<char>(std::tolower(byte));
    }
  });
}

// As a database does whose characters have three bytes at most.
FaultHooks CharactersOfFourBytesAreLost() {
  return OnTextsThatComeIn([](std::string& text) {
    std::string kept;
    for (size_t i = 0; i < text.size(); ++i) {
      if (static_cast<unsigned char>(text[i]) < 0xf0) {
        kept += text[i];
      } else {
        kept += '?';
        i += 3;
      }
    }
    text = kept;
  });
}

// Takes the empty text for none, wherever none may be.
FaultHooks EmptyIsNone() {
  struct Forget {
    static void In(Message& message) {
      const auto* reflection = message.GetReflection();
      std::vector<const google::protobuf::FieldDescriptor*> fields;
      reflection->ListFields(message, &fields);
      for (const auto* field : fields) {
        const bool is_message =
            field->cpp_type() ==
            google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE;
        const int size =
            field->is_repeated() ? reflection->FieldSize(message, field) : 0;
        for (int i = 0; is_message && i < size; ++i) {
          In(*reflection->MutableRepeatedMessage(&message, field, i));
        }
        if (field->is_repeated()) continue;
        if (is_message) {
          In(*reflection->MutableMessage(&message, field));
        } else if (field->has_optional_keyword() &&
                   field->cpp_type() ==
                       google::protobuf::FieldDescriptor::CPPTYPE_STRING &&
                   reflection->GetString(message, field).empty()) {
          reflection->ClearField(&message, field);
        }
      }
    }
  };
  return {.before = [](Provider&, Message& request) { Forget::In(request); }};
}

// Deletes what the name matches as a pattern of SQL.
FaultHooks NamesArePatterns() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::DeleteInstancesRequest>(request, [&](auto& remove) {
      if (remove.instances_size() != 1 || remove.instances(0) != "%") return;
      v1::ListInstancesRequest list;
      list.set_store(remove.store());
      const auto all = Await(working, &Provider::ListInstances, list);
      if (all.ok()) *remove.mutable_instances() = all->instance_ids();
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfText() {
  return {
      {"TextsAreTrimmed",
       {{"text/messages", "WIRE-9"},
        {"text/events", "WIRE-9"},
        {"text/instances_and_their_records", "WIRE-9"},
        {"text/deletion_of_wildcards", "WIRE-9"},
        {"text/activities_tags_and_sessions", "WIRE-9"}},
       &TextsAreTrimmed},
      {"CaseDoesNotCount",
       {{"text/instances_and_their_records", "WIRE-9"},
        {"text/activities_tags_and_sessions", "TAG-1"}},
       &CaseDoesNotCount},
      {"CharactersOfFourBytesAreLost",
       {{"text/messages", "FETCH-2"}, {"text/events", "ACK-3"}},
       &CharactersOfFourBytesAreLost},
      {"EmptyIsNone", {{"text/empty_is_not_absent", "WIRE-9"}}, &EmptyIsNone},
      {"NamesArePatterns",
       {{"text/deletion_of_wildcards", "DEL-1"}},
       &NamesArePatterns},
  };
}

}  // namespace duroxide::conformance
