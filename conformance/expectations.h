#ifndef DUROXIDE_CONFORMANCE_EXPECTATIONS_H_
#define DUROXIDE_CONFORMANCE_EXPECTATIONS_H_

// What users know in advance of some cases. A list is a text with an entry on
// each line:
//
//   # lines like this one, and empty ones, are left out
//   sessions/* | sessions are not there yet | ada | until 2026-12-31
//
// that is: a pattern of --run (selection.h), the reason, who sees to it, and
// the last day on which the entry holds.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "conformance/case.h"
#include "conformance/result.h"

namespace duroxide::conformance {

// One line of a list.
struct ExpectationEntry {
  std::string pattern;
  Expectation expectation;
  // "FILE:LINE", for messages.
  std::string where;
};

// The entries of a list; `name` is what to call it. INVALID_ARGUMENT, naming
// the first line that is no entry and what is wrong with it.
absl::StatusOr<std::vector<ExpectationEntry>> ParseExpectations(
    std::string_view list, Expectation::Kind kind, const std::string& name);

// The entries of the file `path`. `flag` is the flag that names it, for
// messages. INVALID_ARGUMENT where it cannot be read, else as above.
absl::StatusOr<std::vector<ExpectationEntry>> ReadExpectations(
    const std::string& path, Expectation::Kind kind, std::string_view flag);

// What is foretold of each case.
class Expectations {
 public:
  // INVALID_ARGUMENT, naming all entries that are wrong, where one names no
  // case of `cases`, has run out by `today`, or names a case that another one
  // names, too.
  static absl::StatusOr<Expectations> Make(
      std::vector<ExpectationEntry> entries, std::span<const Case> cases,
      absl::CivilDay today);

  // Foretells nothing.
  Expectations() = default;

  // Adds to each result what is foretold of its case.
  void ApplyTo(RunResult& run) const;

 private:
  std::vector<ExpectationEntry> entries_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EXPECTATIONS_H_
