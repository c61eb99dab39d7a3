#ifndef DUROXIDE_CONFORMANCE_CASES_BROKEN_REQUESTS_H_
#define DUROXIDE_CONFORMANCE_CASES_BROKEN_REQUESTS_H_

// Requests with one fault each, as WIRE-9 lists them.

#include <string>
#include <string_view>
#include <vector>

#include "conformance/any_method.h"
#include "google/protobuf/message.h"

namespace duroxide::conformance {

struct BrokenRequest {
  AnyMessage request;
  // Where the fault is: "history_delta[0].event_id".
  std::string path;
  // The name that the error has to give: "event_id".
  std::string field;
  // "is 0"
  std::string_view fault;
};

// All that the contract calls malformed and that can be had from `sound` by
// changing one field, in it or in a message inside. Of the request id only
// where `sound` has one.
std::vector<BrokenRequest> BrokenVersionsOf(
    const google::protobuf::Message& sound);

// True where `text` holds `name` as a word: not as a part of a longer name.
bool NamesField(std::string_view text, std::string_view name);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_BROKEN_REQUESTS_H_
