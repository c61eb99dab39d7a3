#ifndef DUROXIDE_CONFORMANCE_CALL_TEXT_H_
#define DUROXIDE_CONFORMANCE_CALL_TEXT_H_

// Calls for people.

#include <cstddef>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/transcript.h"

namespace duroxide::conformance {

// How a message is shown.
struct MessageForm {
  // On one line; else each field on its own.
  bool one_line = true;
  // Bytes of a string, and of the whole, from which on the rest is left out.
  int longest_string = 60;
  size_t longest = 300;
  // The case's own store, which is left out because it is the same everywhere.
  // Without one the stores of all requests are.
  std::optional<std::string_view> own_store = std::nullopt;
};

// A message in text format.
std::string MessageText(const google::protobuf::Message& message,
                        const MessageForm& form = {});

// What came back from a call: "OK" and the reply, or the error.
std::string AnswerText(const CallRecord& call, const MessageForm& form = {});

// Writes calls, one below the other, with the times at which they were sent and
// answered, in milliseconds since `began`. Of many only the last ones. Stores
// are shown where they are not `own_store`.
void WriteCalls(std::ostream& out, const std::vector<CallRecord>& calls,
                Moment began, std::string_view own_store);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CALL_TEXT_H_
