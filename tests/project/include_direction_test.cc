// The arrows of the house: every #include of the tree goes the way it may.

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/project/include_rules.h"
#include "tests/project/source_tree.h"

namespace duroxide::project {
namespace {

TEST(IncludeDirection, EveryIncludeOfTheTreeMayBe) {
  int includes = 0;
  ForEachFile([&](const std::string& path, std::string_view text) {
    if (!path.ends_with(".h") && !path.ends_with(".cc")) return;
    for (const Include& include : IncludesOf(text)) {
      ++includes;
      EXPECT_EQ(Objection(path, include.header), "")
          << path << ":" << include.line << " includes " << include.header
          << "; the rules are kRules and kParts of include_rules.cc";
    }
  });
  EXPECT_GT(includes, 100) << "the tree was not found";
}

TEST(IncludeDirection, FindsEveryFormOfInclude) {
  const std::vector<Include> includes = IncludesOf(
      "// #include \"a.h\"\n"
      "#include \"server/server.h\"\n"
      "  #  include <sqlite3.h>  // why\n");
  ASSERT_EQ(includes.size(), 2u);
  EXPECT_EQ(includes[0].header, "server/server.h");
  EXPECT_EQ(includes[0].line, 2);
  EXPECT_EQ(includes[1].header, "sqlite3.h");
  EXPECT_EQ(includes[1].line, 3);
}

struct Arrow {
  std::string_view file;
  std::string_view header;
};

void PrintTo(const Arrow& arrow, std::ostream* out) {
  *out << arrow.file << " -> " << arrow.header;
}

class WrongArrow : public testing::TestWithParam<Arrow> {};

TEST_P(WrongArrow, IsObjectedTo) {
  EXPECT_NE(Objection(GetParam().file, GetParam().header), "");
}

constexpr Arrow kWrong[] = {
    // The interface knows no wire, no engine and no storage.
    {"providers/provider.h", "grpcpp/grpcpp.h"},
    {"providers/validation.cc", "duroxide/provider/v1/errors.grpc.pb.h"},
    {"providers/validation.cc", "providers/sqlite/sqlite_provider.h"},
    {"providers/errors.cc", "sqlite3.h"},
    // Engines know neither each other nor who uses them.
    {"providers/sqlite/history.cc", "providers/remote/remote_provider.h"},
    {"providers/remote/remote_provider.cc",
     "providers/sqlite/sqlite_provider.h"},
    {"providers/sqlite/history.cc", "server/server.h"},
    {"providers/sqlite/history.cc", "grpcpp/grpcpp.h"},
    {"providers/remote/remote_provider.cc", "sqlite3.h"},
    // A server serves any Provider.
    {"server/call.h", "providers/sqlite/sqlite_provider.h"},
    {"server/call.h", "providers/remote/remote_provider.h"},
    {"server/call.h", "conformance/case.h"},
    {"server/main.cc", "sqlite3.h"},
    // The runner sees a Provider, a case only what cases are written with.
    {"conformance/scheduler.cc", "providers/sqlite/sqlite_provider.h"},
    {"conformance/scheduler.cc", "grpcpp/grpcpp.h"},
    {"conformance/scheduler.cc", "server/server.h"},
    {"conformance/scheduler.cc", "providers/remote/remote_provider.h"},
    {"conformance/embedded.cc", "grpcpp/grpcpp.h"},
    {"conformance/cases/atomicity.cc", "conformance/scheduler.h"},
    {"conformance/cases/atomicity.cc", "providers/provider.h"},
    {"conformance/cases/atomicity.cc", "server/server.h"},
    // Nobody knows the tests.
    {"bench/echo.cc", "tests/server/testing.h"},
    {"server/call.cc", "tests/server/testing.h"},
    {"server/call.cc", "gtest/gtest.h"},
    // What is new needs a rule.
    {"gateway/main.cc", "absl/status/status.h"},
    {"server/call.cc", "boost/asio.hpp"},
};

INSTANTIATE_TEST_SUITE_P(House, WrongArrow, testing::ValuesIn(kWrong));

}  // namespace
}  // namespace duroxide::project
