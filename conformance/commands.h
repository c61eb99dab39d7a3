#ifndef DUROXIDE_CONFORMANCE_COMMANDS_H_
#define DUROXIDE_CONFORMANCE_COMMANDS_H_

// What duroxide-compat can do. Each command returns the exit code, writes its
// result to `out` and what went wrong to `err`.

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "conformance/case.h"
#include "conformance/output_options.h"
#include "conformance/plan.h"
#include "conformance/run_case.h"
#include "conformance/target.h"

namespace duroxide::conformance {

enum class ListFormat {
  // By category, for people.
  kText,
  // Category, name, upstream name, profile, clauses and needs, separated by
  // tabs, with a line of headings; for programs. A need that begins with "!" is
  // a capability that the provider must lack.
  kTsv,
};

// Lists all cases.
int ListCases(ListFormat format, std::ostream& out);

// Lists all clauses with the cases that prove them; as kTsv: clause, title,
// cases, and the reason where no case can prove it.
int ListClauses(ListFormat format, std::ostream& out);

// Explains the case of that name or "category/name".
int ExplainCase(const std::string& name, std::ostream& out, std::ostream& err);

// What `validate` is told on the command line.
struct ValidateOptions {
  // The program's name as it was called, for commands that users can copy.
  std::string program = "duroxide-compat";
  // The provider, and how cases are kept apart.
  TargetOptions target = {};
  // Which cases; see Select.
  std::optional<Profile> profile = std::nullopt;
  std::vector<std::string> run = {};
  std::vector<std::string> skip = {};
  // How often, and in which order. Without a seed chance chooses one.
  PlanOptions plan = {};
  std::optional<uint64_t> seed = std::nullopt;
  // Cases at a time; without a number as many as the isolation is made for.
  std::optional<int> jobs = std::nullopt;
  // How long the cases' locks are held unless they say otherwise; without one
  // as long as the round trip asks for.
  std::optional<absl::Duration> lock_timeout = std::nullopt;
  // What a call takes at most that does next to nothing; without one it is
  // measured.
  std::optional<absl::Duration> round_trip = std::nullopt;
  // The longest that an attempt at a case may take; without one what the round
  // trip asks for.
  std::optional<absl::Duration> case_timeout = std::nullopt;
  // Files of expectations.h; empty is none.
  std::string known_failing = {};
  std::string known_flaky = {};
  // See RunOptions.
  bool require_capabilities = false;
  // Print all calls.
  bool trace = false;
  // What the run leaves behind.
  OutputOptions outputs = {};
};

// Judges a provider. Until it returns, SIGINT and SIGTERM end the run in order.
int Validate(const ValidateOptions& options, std::ostream& out,
             std::ostream& err);

// What `replay` is told on the command line.
struct ReplayOptions {
  // A transcript that --artifacts left.
  std::string file;
  // As for `validate`.
  std::string endpoint;
  std::string embedded = "sqlite";
};

// Sends the calls of a transcript again and shows where the answers differ.
// Until it returns, SIGINT and SIGTERM end it in order.
int ReplayTranscript(const ReplayOptions& options, std::ostream& out,
                     std::ostream& err);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_COMMANDS_H_
