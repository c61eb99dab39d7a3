// The results database.

#include "conformance/stress/keep/results.h"

#include <sqlite3.h>

#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "conformance/stress/keep/settings.h"
#include "gmock/gmock.h"
#include "tests/conformance/stress/keep/sample_runs.h"
#include "tests/support/temp_dir.h"

namespace duroxide::stress {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using testing_support::TempDir;

std::string Bytes(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

// Runs statements as another program would.
void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  char* error = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error),
            SQLITE_OK)
      << error;
  sqlite3_close(database);
}

// The first column of the first row.
std::string Ask(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  std::string answer;
  sqlite3_exec(
      database, sql.c_str(),
      [](void* to, int, char** columns, char**) {
        *static_cast<std::string*>(to) =
            columns[0] == nullptr ? "NULL" : columns[0];
        return 0;
      },
      &answer, nullptr);
  sqlite3_close(database);
  return answer;
}

class ResultsTest : public testing::Test {
 protected:
  Results Open() {
    absl::StatusOr<Results> results = Results::Open(path_, /*create=*/true);
    EXPECT_TRUE(results.ok()) << results.status();
    return *std::move(results);
  }

  const TempDir folder_;
  const std::string path_ = folder_.File("results.db");
};

void ExpectSame(const Histogram& a, const Histogram& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.mean(), b.mean());
  EXPECT_EQ(a.max(), b.max());
  EXPECT_EQ(a.Parts(), b.Parts());
}

TEST_F(ResultsTest, GivesBackAllOfARun) {
  RunRecord added = BadRun();
  added.comparison = "2026-11-23";
  added.round = 3;
  added.result.config.activity_delay = absl::Microseconds(1500);
  added.result.config.rate = 12.5;
  const absl::StatusOr<int64_t> id = Open().Add(added);
  ASSERT_TRUE(id.ok()) << id.status();

  const auto runs = Open().Read({});
  ASSERT_TRUE(runs.ok()) << runs.status();
  ASSERT_THAT(*runs, SizeIs(1));
  const RunRecord& run = runs->front();
  EXPECT_EQ(run.id, *id);
  EXPECT_EQ(run.commit, added.commit);
  EXPECT_TRUE(run.modified);
  EXPECT_EQ(run.tool_version, "0.1.0");
  EXPECT_EQ(run.machine, added.machine);
  EXPECT_EQ(run.comparison, "2026-11-23");
  EXPECT_EQ(run.round, 3);
  ASSERT_THAT(run.thresholds, SizeIs(2));
  EXPECT_TRUE(run.thresholds[0].met);
  EXPECT_FALSE(run.thresholds[1].met);
  EXPECT_EQ(run.thresholds[1].text, "p99_ms < 10");
  EXPECT_EQ(run.thresholds[1].seen, added.thresholds[1].seen);
  ASSERT_THAT(run.explanations, SizeIs(1));
  EXPECT_EQ(run.explanations[0].seen, added.explanations[0].seen);
  EXPECT_EQ(run.explanations[0].likely_causes,
            added.explanations[0].likely_causes);
  EXPECT_EQ(run.explanations[0].next_steps, added.explanations[0].next_steps);

  const StressResult& result = run.result;
  EXPECT_EQ(result.scenario, added.result.scenario);
  EXPECT_EQ(result.provider, added.result.provider);
  EXPECT_EQ(result.config, added.result.config);
  EXPECT_EQ(result.began, added.result.began);
  EXPECT_EQ(result.elapsed, added.result.elapsed);
  EXPECT_EQ(result.started, added.result.started);
  EXPECT_EQ(result.outcomes, added.result.outcomes);
  EXPECT_EQ(result.steady_completed, added.result.steady_completed);
  EXPECT_EQ(result.lag.ratio, 0.05);
  ExpectSame(result.latency, added.result.latency);
  ASSERT_THAT(result.slots, SizeIs(10));
  EXPECT_EQ(result.slots[9].begin, absl::Seconds(9));
  EXPECT_EQ(result.slots[9].ended, added.result.slots[9].ended);
  EXPECT_EQ(result.slots[9].in_flight, 20);
  ExpectSame(result.slots[9].latency, added.result.slots[9].latency);
  EXPECT_THAT(
      result.calls.at("AckOrchestrationItem").by_code,
      ElementsAre(std::pair<const std::string, uint64_t>("OK", 400),
                  std::pair<const std::string, uint64_t>("UNAVAILABLE", 2)));
  ASSERT_THAT(result.processes, SizeIs(2));
  EXPECT_EQ(result.processes[1].name, "provider");
  EXPECT_EQ(result.processes[1].pid, 42);
  ASSERT_THAT(result.processes[1].samples, SizeIs(11));
  EXPECT_EQ(result.processes[1].cpu(), absl::Seconds(3));
  EXPECT_EQ(result.processes[1].samples[10].threads, 9);
  ASSERT_THAT(result.measures, SizeIs(1));
  EXPECT_EQ(result.measures[0].value, 1.25);
  ASSERT_THAT(result.findings, SizeIs(1));
  EXPECT_EQ(result.findings[0].example, added.result.findings[0].example);
  EXPECT_EQ(result.errors, added.result.errors);
}

TEST_F(ResultsTest, ChoosesRuns) {
  Results results = Open();
  for (const RunRecord& run :
       {RunOf("aaaa1111", 20, 3), RunOf("bbbb2222", 20, 1),
        RunOf("aaaa1111", 20, 2)}) {
    ASSERT_TRUE(results.Add(run).ok());
  }
  const auto ids = [&results](const RunFilter& filter) {
    std::vector<int64_t> found;
    const auto runs = results.Read(filter);
    for (const RunRecord& run : *runs) found.push_back(run.id);
    return found;
  };
  EXPECT_THAT(ids({}), ElementsAre(2, 3, 1));
  EXPECT_THAT(ids({.commit = "aaaa"}), ElementsAre(3, 1));
  EXPECT_THAT(ids({.commit = "a%"}), ElementsAre());
  EXPECT_THAT(ids({.ids = {1, 2, 9}}), ElementsAre(2, 1));
  EXPECT_THAT(ids({.newest = 2}), ElementsAre(3, 1));
  EXPECT_THAT(ids({.scenario = "backlog"}), ElementsAre());
  EXPECT_THAT(ids({.provider = "sqlite"}), SizeIs(3));
}

TEST_F(ResultsTest, LeavesDetailsOutWhereNobodyWantsThem) {
  Results results = Open();
  ASSERT_TRUE(results.Add(SampleRun()).ok());
  const RunRecord run = results.Read({.details = false})->front();
  EXPECT_THAT(run.result.slots, SizeIs(0));
  EXPECT_THAT(run.result.processes, SizeIs(0));
  EXPECT_EQ(run.result.latency.count(), 200);
  EXPECT_EQ(run.result.config, SampleRun().result.config);
}

TEST_F(ResultsTest, CanBeReadWithSql) {
  ASSERT_TRUE(Open().Add(BadRun()).ok());
  EXPECT_EQ(Ask(path_,
                "SELECT printf('%.2f', orchestrations_per_second) FROM "
                "figures"),
            "20.00");
  EXPECT_EQ(Ask(path_, "SELECT failed FROM figures"), "3");
  EXPECT_EQ(Ask(path_, "SELECT p99_ms > mean_ms FROM figures"), "1");
  EXPECT_EQ(Ask(path_,
                "SELECT value FROM settings WHERE name = "
                "'activity_delay_us'"),
            "10000.0");
}

TEST_F(ResultsTest, KeepsNoHalfOfARun) {
  Results results = Open();
  RunSql(path_,
         "CREATE TRIGGER refuse BEFORE INSERT ON errors BEGIN "
         "SELECT RAISE(ABORT, 'refused'); END");
  EXPECT_EQ(results.Add(BadRun()).status().code(), absl::StatusCode::kInternal);
  EXPECT_THAT(*results.Read({}), SizeIs(0));
  EXPECT_EQ(Ask(path_, "SELECT count(*) FROM runs"), "0");
  // And goes on after it.
  EXPECT_TRUE(results.Add(SampleRun()).ok());
}

TEST_F(ResultsTest, TakesRunsOfSeveralAtATime) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      Results results = Open();
      for (int run = 0; run < 5; ++run) {
        EXPECT_TRUE(results.Add(SampleRun()).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(*Open().Read({.details = false}), SizeIs(20));
  EXPECT_EQ(Ask(path_, "SELECT count(*) FROM machines"), "1");
}

TEST_F(ResultsTest, BringsAnOlderVersionUpToDate) {
  ASSERT_TRUE(Open().Add(SampleRun()).ok());
  std::vector<const char*> steps(Results::SchemaSteps().begin(),
                                 Results::SchemaSteps().end());
  steps.push_back("ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'x'");
  const auto newer = Results::Open(path_, /*create=*/false, steps);
  ASSERT_TRUE(newer.ok()) << newer.status();
  EXPECT_THAT(*newer->Read({}), SizeIs(1));
  EXPECT_EQ(Ask(path_, "SELECT note FROM runs"), "x");
  EXPECT_EQ(Ask(path_, "PRAGMA user_version"), std::to_string(steps.size()));
}

TEST_F(ResultsTest, AMigrationThatFailsChangesNothing) {
  ASSERT_TRUE(Open().Add(SampleRun()).ok());
  const std::string before = Ask(path_, "PRAGMA user_version");
  std::vector<const char*> steps(Results::SchemaSteps().begin(),
                                 Results::SchemaSteps().end());
  steps.push_back("CREATE TABLE half (x INTEGER); SELECT no_such_column");
  EXPECT_FALSE(Results::Open(path_, /*create=*/false, steps).ok());
  EXPECT_EQ(Ask(path_, "PRAGMA user_version"), before);
  EXPECT_EQ(
      Ask(path_, "SELECT count(*) FROM sqlite_master WHERE name = 'half'"),
      "0");
}

TEST_F(ResultsTest, RefusesANewerVersion) {
  ASSERT_TRUE(Open().Add(SampleRun()).ok());
  RunSql(path_, "PRAGMA user_version = 1000");
  const std::string before = Bytes(path_);
  const absl::Status refused = Results::Open(path_, /*create=*/true).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("has schema version 1000"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("newer"));
  EXPECT_EQ(Bytes(path_), before);
}

TEST_F(ResultsTest, RefusesADatabaseOfAnotherProgram) {
  RunSql(path_, "CREATE TABLE orders (id INTEGER)");
  const std::string before = Bytes(path_);
  const absl::Status refused = Results::Open(path_, /*create=*/true).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("another program"));
  EXPECT_EQ(Bytes(path_), before);
}

TEST_F(ResultsTest, RefusesWhatIsNoDatabase) {
  std::ofstream(path_) << std::string(5000, 'x');
  const std::string before = Bytes(path_);
  const absl::Status refused = Results::Open(path_, /*create=*/true).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Bytes(path_), before);
}

TEST_F(ResultsTest, MakesNoFileThatIsOnlyToBeRead) {
  EXPECT_EQ(Results::Open(path_, /*create=*/false).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(
      Results::Open(folder_.File("no/such"), /*create=*/true).status().code(),
      absl::StatusCode::kInvalidArgument);
}

TEST_F(ResultsTest, TellsWhereAHistogramIsDamaged) {
  Results results = Open();
  ASSERT_TRUE(results.Add(SampleRun()).ok());
  RunSql(path_, "UPDATE runs SET latency = 'nonsense'");
  EXPECT_EQ(results.Read({}).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace duroxide::stress
