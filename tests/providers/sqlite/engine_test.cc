#include "providers/sqlite/engine.h"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "providers/sqlite/connections.h"
#include "tests/providers/sqlite/messages.h"
#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

// Far longer than an answer takes, and shorter than a test may.
constexpr std::chrono::seconds kPatience{30};

class EngineTest : public ::testing::Test {
 protected:
  Connections Connected(const std::string& database) {
    auto connections = Connect(database, absl::Seconds(1));
    EXPECT_TRUE(connections.ok()) << connections.status();
    return *std::move(connections);
  }

  // The outcome of a write that does nothing.
  std::future<absl::Status> Write(Engine& engine) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    engine.Write(
        &request_, &response_,
        [promise](absl::Status status) { promise->set_value(status); },
        [](Connection&, int64_t) { return absl::OkStatus(); });
    return promise->get_future();
  }

  testing_support::TempDir dir_;
  v1::EnqueueWorkItemRequest request_ = [] {
    v1::EnqueueWorkItemRequest request;
    *request.mutable_item() = Activity("order", 1);
    return request;
  }();
  v1::EnqueueWorkItemResponse response_;
};

TEST_F(EngineTest, LongReadsHoldUpNoAnswerToAWrite) {
  Connections connections = Connected(dir_.File("test.db"));
  const auto readers = static_cast<std::ptrdiff_t>(connections.readers.size());
  Engine engine(std::move(connections), /*shared_file=*/true, nullptr);
  std::latch reading(readers);
  std::latch end(1);
  std::latch ended(readers);
  for (std::ptrdiff_t i = 0; i < readers; ++i) {
    engine.RunRead(
        [&](Connection&) {
          reading.count_down();
          end.wait();
          return absl::OkStatus();
        },
        [&](const absl::Status& /*status*/) { ended.count_down(); });
  }
  reading.wait();

  std::future<absl::Status> written = Write(engine);
  const bool answered =
      written.wait_for(kPatience) == std::future_status::ready;
  end.count_down();
  ended.wait();

  ASSERT_TRUE(answered);
  EXPECT_TRUE(written.get().ok());
}

TEST_F(EngineTest, InMemoryTheWriterReads) {
  Engine engine(Connected(":memory:"), /*shared_file=*/false, nullptr);
  std::promise<absl::Status> read;
  engine.RunRead([](Connection& db) { return db.error(); },
                 [&](absl::Status status) { read.set_value(status); });
  EXPECT_TRUE(read.get_future().get().ok());
  EXPECT_TRUE(Write(engine).get().ok());
}

}  // namespace
}  // namespace duroxide::sqlite
