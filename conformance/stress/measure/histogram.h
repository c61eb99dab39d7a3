#ifndef DUROXIDE_CONFORMANCE_STRESS_MEASURE_HISTOGRAM_H_
#define DUROXIDE_CONFORMANCE_STRESS_MEASURE_HISTOGRAM_H_

// Times, counted so that percentiles are exact to half a percent over all
// magnitudes: Gil Tene's HdrHistogram, with buckets that double in width and
// the same number of equal parts in each.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace duroxide::stress {

// A value. Copies are independent. Times are whole microseconds, from 0 to
// more than an hour; what is longer counts as the longest.
class Histogram {
 public:
  Histogram();

  void Record(absl::Duration time, uint64_t times = 1);
  void Add(const Histogram& other);

  uint64_t count() const { return count_; }
  // Zero where nothing was recorded. `quantile` is from 0 to 1: at least that
  // part of what was recorded was as fast as that or faster.
  absl::Duration Percentile(double quantile) const;
  absl::Duration min() const;
  absl::Duration max() const;
  // Exact, not of the parts.
  absl::Duration mean() const;
  absl::Duration standard_deviation() const;
  absl::Duration sum() const;

  // How many were as fast as `limit` or faster, for cumulative buckets.
  uint64_t CountUpTo(absl::Duration limit) const;

  // The parts that something was recorded in: their upper ends and counts, in
  // order.
  std::vector<std::pair<absl::Duration, uint64_t>> Parts() const;

  // As text that Parse reads, for storing.
  std::string Serialize() const;
  static absl::StatusOr<Histogram> Parse(std::string_view text);

 private:
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t min_us_ = 0;
  uint64_t max_us_ = 0;
  // Sums of the times and of their squares, in seconds.
  double sum_ = 0;
  double squares_ = 0;
};

// Records from many threads. Thread-safe.
class HistogramRecorder {
 public:
  HistogramRecorder();
  ~HistogramRecorder();
  HistogramRecorder(const HistogramRecorder&) = delete;
  HistogramRecorder& operator=(const HistogramRecorder&) = delete;

  void Record(absl::Duration time);
  Histogram Read() const;

 private:
  struct Shard;
  static constexpr int kShards = 4;

  Shard& ShardOfThread() const;

  const std::unique_ptr<Shard[]> shards_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_MEASURE_HISTOGRAM_H_
