#ifndef DUROXIDE_TESTS_CONFORMANCE_RUN_CASE_FIXTURE_H_
#define DUROXIDE_TESTS_CONFORMANCE_RUN_CASE_FIXTURE_H_

// Runs cases of a test's own against providers of a test's own.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/fixture.h"
#include "conformance/run_case.h"
#include "conformance/store_rooms.h"
#include "gtest/gtest.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {

inline Case MakeCase(std::string_view name, void (*body)(Fixture&),
                     std::vector<v1::Capability> needs = {}) {
  return {.category = "test",
          .name = name,
          .traits = {.clauses = {"FETCH-1"}, .needs = std::move(needs)},
          .body = body};
}

// A provider that outlives its rooms.
inline std::shared_ptr<Provider> Unowned(Provider& provider) {
  return {std::shared_ptr<Provider>(), &provider};
}

class RunCaseTest : public ::testing::Test {
 protected:
  RunOptions Options() { return Options(stub_rooms_); }

  RunOptions Options(Rooms& rooms) {
    return {.rooms = &rooms,
            .info = stub_.info,
            .lock_timeout = absl::Milliseconds(100),
            .stop = stop_.get_token()};
  }

  std::optional<CaseResult> RunWith(const Case& to_run, Provider& provider) {
    StoreRooms rooms({Unowned(provider)});
    return RunCase(to_run, kSeed, Options(rooms));
  }

  CaseResult Run(const Case& to_run) {
    return RunCase(to_run, kSeed, Options()).value();
  }

  static constexpr uint64_t kSeed = 7;
  StubProvider stub_;
  StoreRooms stub_rooms_{{Unowned(stub_)}};
  std::stop_source stop_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_RUN_CASE_FIXTURE_H_
