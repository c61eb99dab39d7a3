#ifndef DUROXIDE_PROVIDERS_VALIDATION_RULES_H_
#define DUROXIDE_PROVIDERS_VALIDATION_RULES_H_

// What the contract asks of single fields (WIRE-9), as a table; validation.cc
// applies it.

#include <string_view>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace duroxide::validation {

// The whole of a repeated field, and a field that is not repeated.
inline constexpr int kWholeField = -1;

// Looks at one field of `message`: at all of it where `index` is kWholeField,
// at one element otherwise. Returns what is wrong with it, or null.
using Rule = const char* (*)(const google::protobuf::Message& message,
                             const google::protobuf::FieldDescriptor& field,
                             int index);

// The rule of a field, or null where it has none.
Rule RuleFor(const google::protobuf::FieldDescriptor& field);

// True where one of the oneof's fields must be set.
bool IsRequired(const google::protobuf::OneofDescriptor& oneof);

// True for messages that a provider stores and does not look into: their fields
// have no rules.
bool IsPayload(const google::protobuf::Descriptor& message);

}  // namespace duroxide::validation

#endif  // DUROXIDE_PROVIDERS_VALIDATION_RULES_H_
