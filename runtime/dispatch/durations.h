#ifndef DUROXIDE_RUNTIME_DISPATCH_DURATIONS_H_
#define DUROXIDE_RUNTIME_DISPATCH_DURATIONS_H_

#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"

namespace duroxide::runtime {

// A finite duration as requests carry it.
inline google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  absl::Duration rest;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &rest));
  proto.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return proto;
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_DURATIONS_H_
