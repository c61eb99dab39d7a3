#ifndef DUROXIDE_CONFORMANCE_METRICS_METRICS_PUSH_H_
#define DUROXIDE_CONFORMANCE_METRICS_METRICS_PUSH_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "prometheus/collectable.h"

namespace duroxide::conformance {

// Pushes metrics to a push gateway: at once, every 10 seconds and at the end.
// Each push takes the place of what the gateway has of this job and machine.
class MetricsPush {
 public:
  // A gateway that answers later than that counts as one that does not.
  static constexpr absl::Duration kPatience = absl::Seconds(10);

  // `url` is http://HOST[:PORT][/PATH] or the same with https; `job` the
  // gateway's name of what pushes. INVALID_ARGUMENT where the URL is none,
  // UNAVAILABLE where the gateway does not take the first push; each says why.
  static absl::StatusOr<std::unique_ptr<MetricsPush>> Start(
      const std::string& url, const std::string& job,
      std::shared_ptr<prometheus::Collectable> source,
      absl::Duration patience = kPatience);

  MetricsPush(const MetricsPush&) = delete;
  MetricsPush& operator=(const MetricsPush&) = delete;

  // Pushes for the last time. UNAVAILABLE, and why, where that fails; what the
  // gateway got before stays there.
  absl::Status End();

 private:
  struct Shared;

  MetricsPush(std::shared_ptr<Shared> shared, absl::Duration patience);

  // By one thread at a time.
  absl::Status Push();

  const std::shared_ptr<Shared> shared_;
  const absl::Duration patience_;
  std::jthread pusher_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_METRICS_METRICS_PUSH_H_
