#ifndef DUROXIDE_CONFORMANCE_METRICS_METRICS_FILE_H_
#define DUROXIDE_CONFORMANCE_METRICS_METRICS_FILE_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "prometheus/collectable.h"

namespace duroxide::conformance {

// Metrics in a file, for the textfile collector of the node exporter. It is
// written anew every few seconds, whole each time, and once more at the end.
class MetricsFile {
 public:
  // INVALID_ARGUMENT, with the path and why, where it cannot be written.
  static absl::StatusOr<std::unique_ptr<MetricsFile>> Start(
      std::string path, std::shared_ptr<prometheus::Collectable> source);

  MetricsFile(const MetricsFile&) = delete;
  MetricsFile& operator=(const MetricsFile&) = delete;

  // Writes for the last time. UNAVAILABLE, with the path and why, where that
  // fails.
  absl::Status End();

 private:
  MetricsFile(std::string path,
              std::shared_ptr<prometheus::Collectable> source);

  absl::Status Write() const;

  const std::string path_;
  const std::shared_ptr<prometheus::Collectable> source_;
  std::jthread writer_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_METRICS_METRICS_FILE_H_
