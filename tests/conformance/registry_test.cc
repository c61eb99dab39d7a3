// The cases that the program is linked with.

#include <string>

#include "conformance/case.h"
#include "conformance/clause_coverage.h"
#include "conformance/embedded_texts.h"
#include "conformance/required_cases.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

TEST(RegistryTest, HasExactlyTheRequiredCases) {
  const absl::Status checked =
      CheckCases(RegisteredCases(), RequiredCasesText());
  EXPECT_TRUE(checked.ok()) << checked.message();
}

TEST(RegistryTest, ProvesEveryClauseThatCanBeObserved) {
  const absl::Status checked = CheckCoverage(
      ContractClauses(), RegisteredCases(), UnobservableClausesText());
  EXPECT_TRUE(checked.ok())
      << checked.message() << "; see conformance/unobservable_clauses.tsv";
}

TEST(RegistryTest, IsSortedByCategoryAndName) {
  std::string last;
  for (const Case& one : RegisteredCases()) {
    EXPECT_LT(last, one.id());
    last = one.id();
  }
}

TEST(RegistryTest, EveryCaseExplainsItself) {
  for (const Case& one : RegisteredCases()) {
    EXPECT_FALSE(one.traits.proves.empty()) << one.id();
    EXPECT_FALSE(one.traits.procedure.empty()) << one.id();
    EXPECT_FALSE(one.traits.likely_causes.empty()) << one.id();
    EXPECT_NE(one.body, nullptr) << one.id();
  }
}

}  // namespace
}  // namespace duroxide::conformance
