#ifndef DUROXIDE_TESTS_PROVIDERS_SQLITE_PROVIDER_TEST_H_
#define DUROXIDE_TESTS_PROVIDERS_SQLITE_PROVIDER_TEST_H_

// What the tests of the whole provider stand on.

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "providers/await.h"
#include "providers/sqlite/sqlite_provider.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {

// A call whose answer has not been asked for yet.
template <typename Response>
class Pending {
 public:
  template <typename Request>
  Pending(Provider& provider,
          void (Provider::*method)(const CallContext&, const Request*,
                                   Response*, Provider::Done),
          const Request& request, const CallContext& context = {})
      : state_(std::make_shared<State>()) {
    auto kept = std::make_shared<Request>(request);
    outcome_ = state_->promise.get_future();
    (provider.*method)(context, kept.get(), &state_->response,
                       [state = state_, kept](absl::Status status) {
                         state->promise.set_value(std::move(status));
                       });
  }

  // Blocks until the answer is there. Once.
  absl::StatusOr<Response> Get() {
    if (absl::Status status = outcome_.get(); !status.ok()) return status;
    return state_->response;
  }

 private:
  struct State {
    Response response;
    std::promise<absl::Status> promise;
  };

  std::shared_ptr<State> state_;
  std::future<absl::Status> outcome_;
};

// Fetches that wait so long that a test that waits in vain fails by its time
// limit.
inline v1::FetchOrchestrationItemsRequest WaitForTurns() {
  v1::FetchOrchestrationItemsRequest request = FetchTurns();
  *request.mutable_poll_timeout() = Seconds(3600);
  return request;
}
inline v1::FetchWorkItemsRequest WaitForWork() {
  v1::FetchWorkItemsRequest request = FetchActivities();
  *request.mutable_poll_timeout() = Seconds(3600);
  return request;
}

// A provider on a file of the test's own.
class FileProviderTest : public ::testing::Test {
 protected:
  FileProviderTest() { options_.database = dir_.File("test.db"); }

  // Opens it, or opens it anew.
  void Open() {
    provider_.reset();
    provider_ = OpenAnother();
  }
  // As another process would, beside the first.
  std::unique_ptr<Provider> OpenAnother() {
    auto opened = OpenSqliteProvider(options_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return opened.ok() ? *std::move(opened) : nullptr;
  }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(void (Provider::*method)(const CallContext&,
                                                         const Request*,
                                                         Response*,
                                                         Provider::Done),
                                const Request& request) {
    return Await(*provider_, method, request);
  }
  // Fails the test where the call fails.
  template <typename Request, typename Response>
  Response MustCall(void (Provider::*method)(const CallContext&, const Request*,
                                             Response*, Provider::Done),
                    const Request& request) {
    absl::StatusOr<Response> response = Call(method, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *std::move(response) : Response();
  }

  testing_support::TempDir dir_;
  SqliteOptions options_;
  std::unique_ptr<Provider> provider_;
};

// The same tests on a file and in memory.
class ProviderTest : public FileProviderTest,
                     public ::testing::WithParamInterface<std::string> {
 protected:
  ProviderTest() {
    if (GetParam() == "Memory") options_.database = ":memory:";
    options_.test_hooks = true;
    Open();
  }
};

#define DUROXIDE_ON_FILE_AND_IN_MEMORY(Suite)                              \
  INSTANTIATE_TEST_SUITE_P(On, Suite, ::testing::Values("File", "Memory"), \
                           [](const auto& where) { return where.param; })

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_TESTS_PROVIDERS_SQLITE_PROVIDER_TEST_H_
