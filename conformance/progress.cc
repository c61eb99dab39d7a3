#include "conformance/progress.h"

#include <sys/ioctl.h>

#include <algorithm>

#include "conformance/style.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kBetweenLines = absl::Seconds(5);
constexpr size_t kUnknownWidth = 80;
constexpr std::string_view kEraseLine = "\r\x1b[K";

}  // namespace

void Progress::OnCaseStarted(const Case& started) {
  running_.insert(started.id());
  Redraw();
}

void Progress::OnCaseEnded(const CaseResult& result) {
  running_.erase(running_.find(result.of->id()));
  ++done_;
  if (result.verdict == Verdict::kFailed) ++failed_;
  Redraw();
  if (width_ > 0 || absl::FromChrono(Now() - last_line_) < kBetweenLines) {
    return;
  }
  last_line_ = Now();
  out_ << Counts() << std::endl;
}

void Progress::Clear() {
  if (width_ > 0) out_ << kEraseLine << std::flush;
}

std::string Progress::Counts() const {
  const std::string of = total_ == 0 ? "" : Concat(" of ", total_);
  return Concat(done_, of, " cases done, ", failed_, " failed");
}

void Progress::Redraw() {
  if (width_ == 0) return;
  std::string line = Concat(Counts(), "; running ", Join(running_, ", "));
  // A line that fills the terminal would wrap and could not be erased.
  line.resize(std::min(line.size(), width_ - 1));
  out_ << kEraseLine << line << std::flush;
}

size_t TerminalWidth(int file_descriptor) {
  if (!IsColourTerminal(file_descriptor)) return 0;
  winsize size{};
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
    return kUnknownWidth;
  }
  return size.ws_col;
}

}  // namespace duroxide::conformance
