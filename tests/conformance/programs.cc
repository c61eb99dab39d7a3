#include "tests/conformance/programs.h"

#include "conformance/case.h"
#include "conformance/exit_codes.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

std::vector<std::string> ArgumentsOf(const std::string& listen,
                                     bool test_service,
                                     const std::string& database) {
  std::vector<std::string> arguments = {
      "--provider=sqlite", "--database=" + database, "--listen=" + listen};
  if (test_service) arguments.emplace_back("--enable-test-service");
  return arguments;
}

}  // namespace

Ended RunCompat(const std::vector<std::string>& arguments) {
  testing_support::ChildProcess compat(DUROXIDE_COMPAT_PROGRAM, arguments);
  const int exit_code = compat.Wait();
  return {exit_code, compat.output(), compat.error()};
}

std::vector<std::string> InFolder(const std::string& folder,
                                  const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {"TMPDIR=" + folder, DUROXIDE_COMPAT_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

std::string AllPassed(bool started) {
  size_t passed = 0;
  size_t skipped = 0;
  for (const Case& each : RegisteredCases()) {
    if (!each.traits.absent.empty()) continue;
    ++(each.traits.restarts && !started ? skipped : passed);
  }
  return std::to_string(passed) + " passed" +
         (skipped == 0 ? "" : ", " + std::to_string(skipped) + " skipped") +
         " in ";
}

void ExpectNoFailure(int exit_code, const std::string& output,
                     const std::string& all_passed) {
  if (exit_code == kExitInconclusive) return;
  EXPECT_EQ(exit_code, kExitPassed) << output;
  EXPECT_THAT(output, ::testing::HasSubstr(all_passed));
}

ProviderProcess::ProviderProcess(const std::string& listen, bool test_service,
                                 const std::string& database)
    : process_(DUROXIDE_PROVIDER_PROGRAM,
               ArgumentsOf(listen, test_service, database)) {
  const std::string line = process_.WaitForOutput(" on ");
  const size_t begin = line.find(" on ") + 4;
  endpoint_ = line.substr(begin, line.find(',', begin) - begin);
}

}  // namespace duroxide::conformance
