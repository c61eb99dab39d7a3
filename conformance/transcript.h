#ifndef DUROXIDE_CONFORMANCE_TRANSCRIPT_H_
#define DUROXIDE_CONFORMANCE_TRANSCRIPT_H_

// The record of the calls that a case made.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "conformance/interval.h"
#include "google/protobuf/message.h"

namespace duroxide::conformance {

// One call: what was sent and what came back, and when, on the runner's clock.
struct CallRecord {
  // The method's name in its service: "AckWorkItem".
  std::string method;
  std::shared_ptr<const google::protobuf::Message> request;
  Moment sent;
  Moment received;
  absl::Status status;
  // Null where the status is not OK.
  std::shared_ptr<const google::protobuf::Message> response;
  // The deadline that it was sent with, counted from its send.
  absl::Duration timeout = absl::InfiniteDuration();
  // When the caller gave up waiting, where it did.
  std::optional<Moment> cancelled = std::nullopt;
};

// The calls of one run of a case, in the order in which they were sent.
// Thread-safe.
class Transcript {
 public:
  // Adds a call that has ended.
  void Add(CallRecord call);

  // The calls so far.
  std::vector<CallRecord> Calls() const;

 private:
  mutable std::mutex mutex_;
  std::vector<CallRecord> calls_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TRANSCRIPT_H_
