#ifndef DUROXIDE_CONFORMANCE_CALL_TEXT_H_
#define DUROXIDE_CONFORMANCE_CALL_TEXT_H_

// Calls for people.

#include <ostream>
#include <string>
#include <vector>

#include "conformance/transcript.h"

namespace duroxide::conformance {

// A message in one line of text format, long strings cut. The case's store is
// left out, because it is the same everywhere.
std::string MessageText(const google::protobuf::Message& message);

// Writes calls, one below the other, with the times at which they were sent and
// answered, in milliseconds since `began`. Of many only the last ones.
void WriteCalls(std::ostream& out, const std::vector<CallRecord>& calls,
                Moment began);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CALL_TEXT_H_
