#include "conformance/stress/measure/histogram.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <mutex>
#include <thread>

#include "absl/strings/str_cat.h"

namespace duroxide::stress {
namespace {

// Each doubling has so many parts, but for the first, which counts whole
// microseconds: a part is at most 1/128 of its values.
constexpr int kPartBits = 7;
constexpr uint64_t kParts = uint64_t{1} << kPartBits;
// 2^32 µs are 71 minutes.
constexpr int kLargestBits = 32;
constexpr uint64_t kLargest = (uint64_t{1} << kLargestBits) - 1;
constexpr size_t kSize = (kLargestBits - kPartBits + 1) * kParts;

// The part that counts `us`.
size_t PartOf(uint64_t us) {
  us = std::min(us, kLargest);
  if (us < 2 * kParts) return us;
  const int shift = std::bit_width(us) - kPartBits - 1;
  return static_cast<size_t>(shift) * kParts + (us >> shift);
}

// The longest time that the part counts.
uint64_t UpperEnd(size_t part) {
  if (part < 2 * kParts) return part;
  const uint64_t shift = part / kParts - 1;
  return ((part - shift * kParts + 1) << shift) - 1;
}

uint64_t ToMicroseconds(absl::Duration time) {
  if (time <= absl::ZeroDuration()) return 0;
  if (time >= absl::Hours(2)) return kLargest;
  return std::min(static_cast<uint64_t>(absl::ToInt64Microseconds(time)),
                  kLargest);
}

// Reads a number and the blank behind it off the front of `text`.
template <typename Number>
bool ReadOff(std::string_view& text, Number& number) {
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (!text.empty()) {
    if (text.front() != ' ') return false;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace

Histogram::Histogram() = default;

void Histogram::Record(absl::Duration time, uint64_t times) {
  if (times == 0) return;
  const uint64_t us = ToMicroseconds(time);
  const size_t part = PartOf(us);
  if (counts_.size() <= part) counts_.resize(part + 1);
  counts_[part] += times;
  min_us_ = count_ == 0 ? us : std::min(min_us_, us);
  max_us_ = std::max(max_us_, us);
  count_ += times;
  const double seconds = absl::ToDoubleSeconds(time);
  sum_ += seconds * static_cast<double>(times);
  squares_ += seconds * seconds * static_cast<double>(times);
}

void Histogram::Add(const Histogram& other) {
  if (other.count_ == 0) return;
  if (counts_.size() < other.counts_.size()) {
    counts_.resize(other.counts_.size());
  }
  for (size_t i = 0; i < other.counts_.size(); ++i) {
    counts_[i] += other.counts_[i];
  }
  min_us_ = count_ == 0 ? other.min_us_ : std::min(min_us_, other.min_us_);
  max_us_ = std::max(max_us_, other.max_us_);
  count_ += other.count_;
  sum_ += other.sum_;
  squares_ += other.squares_;
}

absl::Duration Histogram::Percentile(double quantile) const {
  if (count_ == 0) return absl::ZeroDuration();
  const auto wanted = static_cast<uint64_t>(
      std::ceil(std::clamp(quantile, 0.0, 1.0) * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t part = 0; part < counts_.size(); ++part) {
    seen += counts_[part];
    if (seen >= std::max<uint64_t>(wanted, 1)) {
      return absl::Microseconds(std::clamp(UpperEnd(part), min_us_, max_us_));
    }
  }
  return max();
}

absl::Duration Histogram::min() const { return absl::Microseconds(min_us_); }

absl::Duration Histogram::max() const { return absl::Microseconds(max_us_); }

absl::Duration Histogram::mean() const {
  if (count_ == 0) return absl::ZeroDuration();
  return absl::Seconds(sum_ / static_cast<double>(count_));
}

absl::Duration Histogram::standard_deviation() const {
  if (count_ == 0) return absl::ZeroDuration();
  const auto n = static_cast<double>(count_);
  const double mean = sum_ / n;
  return absl::Seconds(std::sqrt(std::max(squares_ / n - mean * mean, 0.0)));
}

absl::Duration Histogram::sum() const { return absl::Seconds(sum_); }

uint64_t Histogram::CountUpTo(absl::Duration limit) const {
  if (limit < absl::ZeroDuration()) return 0;
  const uint64_t us = ToMicroseconds(limit);
  uint64_t count = 0;
  for (size_t part = 0; part < counts_.size() && UpperEnd(part) <= us; ++part) {
    count += counts_[part];
  }
  return count;
}

std::vector<std::pair<absl::Duration, uint64_t>> Histogram::Parts() const {
  std::vector<std::pair<absl::Duration, uint64_t>> parts;
  for (size_t part = 0; part < counts_.size(); ++part) {
    if (counts_[part] == 0) continue;
    parts.emplace_back(absl::Microseconds(UpperEnd(part)), counts_[part]);
  }
  return parts;
}

// "count min max sum squares part count part count ..."
std::string Histogram::Serialize() const {
  std::string text;
  const auto append = [&text](auto number) {
    char digits[32];
    const auto end =
        std::to_chars(std::begin(digits), std::end(digits), number);
    if (!text.empty()) text += ' ';
    text.append(digits, end.ptr);
  };
  append(count_);
  append(min_us_);
  append(max_us_);
  append(sum_);
  append(squares_);
  for (size_t part = 0; part < counts_.size(); ++part) {
    if (counts_[part] == 0) continue;
    append(part);
    append(counts_[part]);
  }
  return text;
}

absl::StatusOr<Histogram> Histogram::Parse(std::string_view text) {
  const auto malformed = [] {
    return absl::InvalidArgumentError("the text is no histogram");
  };
  Histogram read;
  if (!ReadOff(text, read.count_) || !ReadOff(text, read.min_us_) ||
      !ReadOff(text, read.max_us_) || !ReadOff(text, read.sum_) ||
      !ReadOff(text, read.squares_)) {
    return malformed();
  }
  uint64_t total = 0;
  while (!text.empty()) {
    size_t part = 0;
    uint64_t count = 0;
    if (!ReadOff(text, part) || part >= kSize || !ReadOff(text, count)) {
      return malformed();
    }
    if (read.counts_.size() <= part) read.counts_.resize(part + 1);
    read.counts_[part] += count;
    total += count;
  }
  if (total != read.count_) return malformed();
  return read;
}

struct HistogramRecorder::Shard {
  std::mutex mutex;
  Histogram histogram;
};

HistogramRecorder::HistogramRecorder()
    : shards_(std::make_unique<Shard[]>(kShards)) {}

HistogramRecorder::~HistogramRecorder() = default;

void HistogramRecorder::Record(absl::Duration time) {
  Shard& shard = ShardOfThread();
  const std::lock_guard lock(shard.mutex);
  shard.histogram.Record(time);
}

Histogram HistogramRecorder::Read() const {
  Histogram all;
  for (int i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    all.Add(shards_[i].histogram);
  }
  return all;
}

HistogramRecorder::Shard& HistogramRecorder::ShardOfThread() const {
  return shards_[std::hash<std::thread::id>()(std::this_thread::get_id()) %
                 kShards];
}

}  // namespace duroxide::stress
