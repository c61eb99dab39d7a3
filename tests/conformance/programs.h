#ifndef DUROXIDE_TESTS_CONFORMANCE_PROGRAMS_H_
#define DUROXIDE_TESTS_CONFORMANCE_PROGRAMS_H_

// The two programs as users call them, for tests that run them.

#include <string>
#include <vector>

#include "tests/support/child_process.h"

namespace duroxide::conformance {

// What is left of a program that has ended.
struct Ended {
  int exit_code;
  std::string output;
  std::string errors;
};

// Runs duroxide-compat to its end.
Ended RunCompat(const std::vector<std::string>& arguments);

// The same with a folder of its own for temporary files.
std::vector<std::string> InFolder(const std::string& folder,
                                  const std::vector<std::string>& arguments);

// How the report of a run of the SQLite provider ends in which every case
// passed that is for a provider with all capabilities. Cases that restart the
// provider are skipped where the runner has not `started` it.
std::string AllPassed(bool started);

// No case failed. On a machine that is too busy some have no verdict; where it
// is not, the run ended with `all_passed`.
void ExpectNoFailure(int exit_code, const std::string& output,
                     const std::string& all_passed);

// A provider process on a unix socket or a port of its own.
class ProviderProcess {
 public:
  ProviderProcess(const std::string& listen, bool test_service,
                  const std::string& database = ":memory:");

  // As it says itself.
  const std::string& endpoint() const { return endpoint_; }

 private:
  testing_support::ChildProcess process_;
  std::string endpoint_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_PROGRAMS_H_
