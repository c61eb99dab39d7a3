#ifndef DUROXIDE_TESTS_CONFORMANCE_REPORTS_GOLDEN_H_
#define DUROXIDE_TESTS_CONFORMANCE_REPORTS_GOLDEN_H_

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"

namespace duroxide::conformance {

// Compares `text` with a file of tests/golden/conformance. To take over a
// wanted change, run the test with DUROXIDE_UPDATE_GOLDEN=1 and look at the
// difference.
inline void ExpectGolden(const std::string& text, const std::string& name) {
  const std::string path = std::string(DUROXIDE_GOLDEN_DIR) + "/" + name;
  if (std::getenv("DUROXIDE_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
  }
  std::ostringstream golden;
  golden << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, golden.str()) << "the golden text is " << path;
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_REPORTS_GOLDEN_H_
