#include "providers/sqlite/worker_threads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <memory>
#include <set>
#include <vector>

#include "tests/support/temp_dir.h"

namespace duroxide::sqlite {
namespace {

std::vector<std::unique_ptr<Connection>> NoConnections(int threads) {
  return std::vector<std::unique_ptr<Connection>>(static_cast<size_t>(threads));
}

TEST(WorkerThreads, TasksStartInTheirOrder) {
  std::vector<int> ran;
  {
    WorkerThreads one_thread(NoConnections(1));
    for (int i = 0; i < 5; ++i) {
      one_thread.Add([&ran, i](Connection*) { ran.push_back(i); });
    }
  }
  EXPECT_THAT(ran, ::testing::ElementsAre(0, 1, 2, 3, 4))
      << "all that was added has run";
}

TEST(WorkerThreads, OneTaskThatWaitsHoldsNoOtherThread) {
  std::latch both(2);
  WorkerThreads threads(NoConnections(2));
  for (int i = 0; i < 2; ++i) {
    threads.Add([&both](Connection*) { both.arrive_and_wait(); });
  }
  both.wait();
}

TEST(WorkerThreads, EachHasItsOwnConnection) {
  constexpr int kThreads = 3;
  testing_support::TempDir dir;
  std::vector<std::unique_ptr<Connection>> connections;
  std::set<Connection*> expected;
  for (int i = 0; i < kThreads; ++i) {
    auto opened = Connection::Open(
        dir.File("test.db"), Connection::Mode::kReadWrite, absl::Seconds(1));
    ASSERT_TRUE(opened.ok()) << opened.status();
    expected.insert(opened->get());
    connections.push_back(*std::move(opened));
  }
  std::vector<Connection*> got(kThreads);
  {
    std::latch all(kThreads);
    WorkerThreads threads(std::move(connections));
    for (Connection*& mine : got) {
      threads.Add([&](Connection* connection) {
        mine = connection;
        all.arrive_and_wait();
      });
    }
    all.wait();
  }
  EXPECT_EQ(std::set<Connection*>(got.begin(), got.end()), expected);
}

}  // namespace
}  // namespace duroxide::sqlite
