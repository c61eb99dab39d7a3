#ifndef DUROXIDE_TESTS_CONFORMANCE_EACH_TEXT_H_
#define DUROXIDE_TESTS_CONFORMANCE_EACH_TEXT_H_

#include <functional>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace duroxide::conformance {

// Does something with every text that is set in a message and in the messages
// in it.
void OnEachText(
    google::protobuf::Message& message,
    const std::function<void(const google::protobuf::FieldDescriptor& field,
                             std::string& text)>& act);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_EACH_TEXT_H_
