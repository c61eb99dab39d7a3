#ifndef DUROXIDE_CONFORMANCE_COMMANDS_H_
#define DUROXIDE_CONFORMANCE_COMMANDS_H_

// What duroxide-compat can do. Each command returns the exit code, writes its
// result to `out` and what went wrong to `err`.

#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "conformance/output_options.h"

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
  // A running provider; empty starts one in this process.
  std::string endpoint;
  // What to start; see StartEmbedded.
  std::string embedded = "sqlite";
  // Which cases; see Select.
  std::vector<std::string> run;
  std::vector<std::string> skip;
  // Cases at a time.
  int jobs = 64;
  // How long the cases' locks are held unless they say otherwise.
  absl::Duration lock_timeout = absl::Seconds(1);
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
