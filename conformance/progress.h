#ifndef DUROXIDE_CONFORMANCE_PROGRESS_H_
#define DUROXIDE_CONFORMANCE_PROGRESS_H_

// Tells people how far a run is.

#include <ostream>
#include <set>
#include <string>

#include "conformance/scheduler.h"

namespace duroxide::conformance {

// On a terminal: one line, redrawn with every event, that Clear removes. Else:
// a line now and then.
class Progress final : public RunObserver {
 public:
  // `total` is how often a case will be run, 0 where nobody knows. `width` is
  // the terminal's in characters; 0 where `out` is no terminal.
  Progress(std::ostream& out, size_t total, size_t width)
      : out_(out), total_(total), width_(width), last_line_(Now()) {}

  void OnCaseStarted(const Case& started) override;
  void OnCaseEnded(const CaseResult& result) override;

  // Makes room for what is written next.
  void Clear();

 private:
  std::string Counts() const;
  void Redraw();

  std::ostream& out_;
  const size_t total_;
  const size_t width_;
  size_t done_ = 0;
  size_t failed_ = 0;
  std::multiset<std::string> running_;
  Moment last_line_;
};

// The width for Progress of what is behind the file descriptor.
size_t TerminalWidth(int file_descriptor);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PROGRESS_H_
