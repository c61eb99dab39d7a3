#ifndef DUROXIDE_CONFORMANCE_FOOTPRINTS_H_
#define DUROXIDE_CONFORMANCE_FOOTPRINTS_H_

#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "conformance/interval.h"
#include "google/protobuf/message.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// What calls may have left behind in a store. Thread-safe.
class Footprints {
 public:
  // A call with this request is over. One that was refused for a reason has
  // left nothing.
  void Note(const google::protobuf::Message& request,
            const absl::Status& status);

  // All instances that the requests have named.
  std::set<std::string> instances() const;

  // From here on no lock, delay or timer of the requests is running any more.
  Moment quiet_at() const;

 private:
  void Look(const google::protobuf::Message& message, bool in_ack);

  mutable std::mutex mutex_;
  std::set<std::string> instances_;
  Moment quiet_at_ = {};
};

// Hands every call on to `next` and notes it in `footprints`. Outlived by both.
std::unique_ptr<Provider> NotingProvider(std::shared_ptr<Provider> next,
                                         Footprints& footprints);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_FOOTPRINTS_H_
