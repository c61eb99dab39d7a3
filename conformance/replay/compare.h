#ifndef DUROXIDE_CONFORMANCE_REPLAY_COMPARE_H_
#define DUROXIDE_CONFORMANCE_REPLAY_COMPARE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "conformance/replay/transcript.pb.h"
#include "conformance/replay/value_map.h"
#include "google/protobuf/message.h"

namespace duroxide::conformance {

// What came back when a call was sent again.
struct NewAnswer {
  absl::Status status;
  // Where the status is OK.
  std::shared_ptr<const google::protobuf::Message> response;
};

// Where the answer differs from the one that `call` has, in lines for people;
// none where it does not. What the provider made up is compared through
// `values`; moments near the clock are the same within ten seconds; messages of
// errors, and what a provider calls itself, are not compared.
std::vector<std::string> DifferencesOf(const transcript::v1::Call& call,
                                       const NewAnswer& answer,
                                       const ValueMap& values);

// The answer that the transcript has, for people.
std::string OldAnswerText(const transcript::v1::Call& call);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_COMPARE_H_
