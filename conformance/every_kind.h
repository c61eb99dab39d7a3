#ifndef DUROXIDE_CONFORMANCE_EVERY_KIND_H_
#define DUROXIDE_CONFORMANCE_EVERY_KIND_H_

// Events and messages of every kind with every field set, for cases about what
// a provider stores and gives back. Made from the descriptors, so that no kind
// and no field is forgotten.

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// Says what a text field of a message is to hold.
using TextOf =
    std::function<std::string(const google::protobuf::FieldDescriptor& field)>;

// One event for each kind, and where a kind says an error one for each kind of
// error. Event ids are 1, 2, 3 and so on; `instance` and `execution_id` own
// them. All other numbers are large and differ from each other.
std::vector<v1::Event> EventsOfEveryKind(const std::string& instance,
                                         uint64_t execution_id,
                                         const TextOf& text);

// One message for each kind, ActivityExecute included, and where a kind says an
// error one for each kind of error. All are for `instance`.
std::vector<v1::WorkItem> MessagesOfEveryKind(const std::string& instance,
                                              const TextOf& text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EVERY_KIND_H_
