#include "conformance/metrics/metrics_file.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "conformance/reports/pending_file.h"
#include "prometheus/text_serializer.h"

namespace duroxide::conformance {
namespace {

// More often than anybody collects.
constexpr std::chrono::seconds kPeriod(5);

}  // namespace

absl::StatusOr<std::unique_ptr<MetricsFile>> MetricsFile::Start(
    std::string path, std::shared_ptr<prometheus::Collectable> source) {
  std::unique_ptr<MetricsFile> file(
      new MetricsFile(std::move(path), std::move(source)));
  if (absl::Status written = file->Write(); !written.ok()) return written;
  file->writer_ = std::jthread([writing = file.get()](std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, stop, kPeriod,
                           [&] { return stop.stop_requested(); })) {
      // The last write tells of a failure.
      writing->Write().IgnoreError();
    }
  });
  return file;
}

MetricsFile::MetricsFile(std::string path,
                         std::shared_ptr<prometheus::Collectable> source)
    : path_(std::move(path)), source_(std::move(source)) {}

absl::Status MetricsFile::Write() const {
  return WriteWhole(path_,
                    prometheus::TextSerializer().Serialize(source_->Collect()));
}

absl::Status MetricsFile::End() {
  writer_.request_stop();
  if (writer_.joinable()) writer_.join();
  return Write();
}

}  // namespace duroxide::conformance
