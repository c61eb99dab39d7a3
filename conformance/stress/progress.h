#ifndef DUROXIDE_CONFORMANCE_STRESS_PROGRESS_H_
#define DUROXIDE_CONFORMANCE_STRESS_PROGRESS_H_

// Tells people how a load goes on.

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "conformance/stress/stress_result.h"
#include "conformance/stress/stress_test.h"

namespace duroxide::stress {

// On a terminal: one line, redrawn every second, that is gone when the load is.
// Else: a plain line every 10 s.
class LoadProgress final : public LoadObserver {
 public:
  // `width` is the terminal's in characters; 0 where `out` is no terminal or
  // cannot be redrawn. `out` outlives it.
  LoadProgress(std::ostream& out, size_t width) : out_(out), width_(width) {}

  void OnBegin(const StressResult& settings) override;
  void OnAside(const StressResult& settings, std::string_view doing,
               absl::Duration since) override;
  void OnTick(const StressResult& so_far) override;
  void OnEnd(const StressResult& result) override;

  // Makes room for what is written next; where a load ended without OnEnd.
  void Clear();

 private:
  // Writes the line, or draws it anew.
  void Show(std::string line);
  std::string Line(const StressResult& so_far) const;

  std::ostream& out_;
  const size_t width_;
  // Of the last line: what the next one's rate counts from.
  absl::Duration last_elapsed_;
  uint64_t last_completed_ = 0;
  // When a plain line was last written of what is not measured.
  absl::Duration last_aside_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_PROGRESS_H_
