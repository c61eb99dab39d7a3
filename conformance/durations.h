#ifndef DUROXIDE_CONFORMANCE_DURATIONS_H_
#define DUROXIDE_CONFORMANCE_DURATIONS_H_

// Durations on the wire. Of less than 290 years.

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace duroxide::conformance {

google::protobuf::Duration ToProto(absl::Duration duration);

absl::Duration FromProto(const google::protobuf::Duration& duration);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_DURATIONS_H_
