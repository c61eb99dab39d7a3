#ifndef DUROXIDE_TESTS_E2E_RUNTIME_FIXTURE_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"
#include "runtime/client.h"
#include "runtime/orchestration_context.h"
#include "runtime/runtime.h"
#include "tests/e2e/runtime/engine.h"
#include "tests/e2e/runtime/functions.h"
#include "tests/support/temp_dir.h"

namespace duroxide::runtime {

inline void PrintTo(InstanceStatus::State state, std::ostream* out) {
  constexpr const char* kNames[] = {"not found", "running", "completed",
                                    "failed"};
  *out << kNames[static_cast<int>(state)];
}

}  // namespace duroxide::runtime

namespace duroxide::e2e {

// Nothing that these tests wait for takes as long.
inline constexpr absl::Duration kLong = absl::Minutes(4);

// The defaults, but what is lost or given up is noticed soon.
runtime::RuntimeOptions TestOptions();

// Orchestrations on a provider behind an endpoint, in a process of its own.
class RuntimeTest : public testing::TestWithParam<Engine> {
 protected:
  RuntimeTest();
  ~RuntimeTest() override;

  // A client of the provider with a channel of its own.
  std::shared_ptr<Provider> Connect();

  // Starts a runtime with `functions`.
  std::unique_ptr<runtime::Runtime> StartRuntime(
      const Functions& functions,
      const runtime::RuntimeOptions& options = TestOptions());

  // Starts one with functions_, which ends with the test.
  void Start(const runtime::RuntimeOptions& options = TestOptions());

  runtime::Client& client() { return *client_; }

  // Starts an instance, whose id is that of its orchestration.
  void StartInstance(std::string_view orchestration,
                     std::string_view input = "");

  // Waits for its end.
  runtime::InstanceStatus WaitFor(std::string_view instance);
  // Its output; a failure of the test where it fails.
  std::string WaitForOutput(std::string_view instance);
  // Why it failed; a failure of the test where it does not.
  std::string WaitForFailure(std::string_view instance);

  // Starts an instance and waits for its end.
  std::string Output(std::string_view orchestration,
                     std::string_view input = "");
  std::string Failure(std::string_view orchestration,
                      std::string_view input = "");

  // Waits until the instance's custom status is `status`.
  void WaitForCustomStatus(std::string_view instance, std::string_view status);

  // The events of its latest execution.
  std::vector<v1::Event> History(std::string_view instance);
  // The number of its executions.
  int Executions(std::string_view instance);

  const testing_support::TempDir dir_;
  std::unique_ptr<ProviderProcess> server_;
  Functions functions_;

 private:
  std::unique_ptr<runtime::Client> client_;
  std::unique_ptr<runtime::Runtime> runtime_;
};

// Runs the tests of a fixture on each engine.
#define DUROXIDE_ON_EACH_ENGINE(Fixture)                                     \
  INSTANTIATE_TEST_SUITE_P(                                                  \
      Engines, Fixture, testing::ValuesIn(::duroxide::e2e::TestedEngines()), \
      [](const auto& engine) {                                               \
        return ::duroxide::e2e::NameOf(engine.param);                        \
      })

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_FIXTURE_H_
