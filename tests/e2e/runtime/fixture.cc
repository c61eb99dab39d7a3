#include "tests/e2e/runtime/fixture.h"

#include <utility>

#include "providers/remote/remote_provider.h"

namespace duroxide::e2e {

using runtime::InstanceStatus;
using State = InstanceStatus::State;

runtime::RuntimeOptions TestOptions() {
  runtime::RuntimeOptions options;
  options.orchestration_concurrency = 8;
  options.worker_concurrency = 64;
  // Renewed at half time, and long enough for the slowest of sanitizers.
  options.worker_lock_timeout = absl::Seconds(4);
  options.unregistered_backoff = {.base = absl::Milliseconds(50),
                                  .max = absl::Milliseconds(200)};
  return options;
}

RuntimeTest::RuntimeTest() : server_(StartProvider(GetParam(), dir_)) {
  client_ = std::make_unique<runtime::Client>(Connect());
}

RuntimeTest::~RuntimeTest() = default;

std::shared_ptr<Provider> RuntimeTest::Connect() {
  auto provider = remote::MakeRemoteProvider(
      {.endpoint = server_->endpoint(), .add_request_ids = true});
  EXPECT_TRUE(provider.ok()) << provider.status();
  return *std::move(provider);
}

std::unique_ptr<runtime::Runtime> RuntimeTest::StartRuntime(
    const Functions& functions, const runtime::RuntimeOptions& options) {
  auto runtime = runtime::Runtime::Start(Connect(), functions.orchestrations,
                                         functions.activities, options);
  EXPECT_TRUE(runtime.ok()) << runtime.status();
  return *std::move(runtime);
}

void RuntimeTest::Start(const runtime::RuntimeOptions& options) {
  runtime_ = StartRuntime(functions_, options);
}

void RuntimeTest::StartInstance(std::string_view orchestration,
                                std::string_view input) {
  const absl::Status status =
      client_->Start(orchestration, orchestration, input);
  EXPECT_TRUE(status.ok()) << status;
}

InstanceStatus RuntimeTest::WaitFor(std::string_view instance) {
  auto status = client_->WaitForCompletion(instance, kLong);
  EXPECT_TRUE(status.ok()) << instance << ": " << status.status();
  return std::move(status).value_or(InstanceStatus());
}

std::string RuntimeTest::WaitForOutput(std::string_view instance) {
  const InstanceStatus status = WaitFor(instance);
  EXPECT_EQ(status.state, State::kCompleted)
      << instance << ": " << status.error_text;
  return status.output;
}

std::string RuntimeTest::WaitForFailure(std::string_view instance) {
  const InstanceStatus status = WaitFor(instance);
  EXPECT_EQ(status.state, State::kFailed) << instance << ": " << status.output;
  return status.error_text;
}

std::string RuntimeTest::Output(std::string_view orchestration,
                                std::string_view input) {
  StartInstance(orchestration, input);
  return WaitForOutput(orchestration);
}

std::string RuntimeTest::Failure(std::string_view orchestration,
                                 std::string_view input) {
  StartInstance(orchestration, input);
  return WaitForFailure(orchestration);
}

void RuntimeTest::WaitForCustomStatus(std::string_view instance,
                                      std::string_view status) {
  uint64_t seen = 0;
  while (true) {
    const auto change = client_->WaitForStatusChange(instance, seen, kLong);
    ASSERT_TRUE(change.ok()) << instance << ": " << change.status();
    if (change->custom_status == status) return;
    ASSERT_FALSE(change->IsTerminal())
        << instance << " has ended: " << change->output << change->error_text;
    seen = change->custom_status_version;
  }
}

std::vector<v1::Event> RuntimeTest::History(std::string_view instance) {
  v1::ReadHistoryRequest request;
  request.set_instance(std::string(instance));
  const auto history = client_->Call(&Provider::ReadHistory, request);
  EXPECT_TRUE(history.ok()) << history.status();
  if (!history.ok()) return {};
  return {history->events().begin(), history->events().end()};
}

int RuntimeTest::Executions(std::string_view instance) {
  v1::ListExecutionsRequest request;
  request.set_instance(std::string(instance));
  request.set_page_size(1000);
  const auto executions = client_->Call(&Provider::ListExecutions, request);
  EXPECT_TRUE(executions.ok()) << executions.status();
  return executions.ok() ? executions->execution_ids_size() : 0;
}

}  // namespace duroxide::e2e
