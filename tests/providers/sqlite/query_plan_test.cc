// No statement of a hot path looks at a table from its first row to its last,
// and none sorts more than the messages of one batch.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/providers/sqlite/hot_path.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

// The messages of one batch are put into the order of enqueueing.
constexpr char kSortsOneBatch[] =
    "SELECT iif(length(data) > 0, data, (SELECT large.data"
    "  FROM large_messages AS large";

bool TakesTheFirst(const std::string& sql) {
  return sql.ends_with("LIMIT 1") || sql.starts_with("SELECT min(");
}

class QueryPlan : public RoomTest {
 protected:
  QueryPlan() : raw_(file()) {
    before_ = db().PreparedSql();
    HotPath(db(), kStore).RunAll();
  }

  // The statements that the hot path prepared.
  std::vector<std::string> Statements() {
    std::vector<std::string> statements;
    for (const std::string& sql : db().PreparedSql()) {
      if (std::find(before_.begin(), before_.end(), sql) == before_.end()) {
        statements.push_back(sql);
      }
    }
    return statements;
  }

  // What is wrong with the plan of a statement.
  std::vector<std::string> Objections(const std::string& sql) {
    std::vector<std::string> objections;
    for (const std::string& step : raw_.Plan(sql)) {
      const bool scans =
          step.starts_with("SCAN ") && step != "SCAN CONSTANT ROW";
      const bool sorts = step.starts_with("USE TEMP B-TREE") &&
                         !sql.starts_with(kSortsOneBatch);
      // A store is all that a table holds, where there is one store. The first
      // row of it may be looked for.
      const bool walks_a_store =
          step.ends_with("(store_key=?)") && !TakesTheFirst(sql);
      if (scans || sorts || walks_a_store) objections.push_back(step);
    }
    return objections;
  }

  RawDatabase raw_;

 private:
  std::vector<std::string> before_;
};

TEST_F(QueryPlan, NoStatementOfAHotPathScans) {
  const std::vector<std::string> statements = Statements();
  EXPECT_GT(statements.size(), 50u) << "the hot path was not run";
  for (const std::string& sql : statements) {
    EXPECT_THAT(Objections(sql), IsEmpty()) << sql;
  }
}

TEST_F(QueryPlan, EveryIndexIsUsed) {
  std::string steps;
  for (const std::string& sql : Statements()) {
    for (const std::string& step : raw_.Plan(sql)) steps += step + "\n";
  }
  // Three are for what is not a hot path: lists, trees and the cleanup of
  // sessions.
  for (const std::string& index :
       raw_.Column("SELECT name FROM sqlite_master WHERE type = 'index'"
                   " AND sql IS NOT NULL AND name NOT IN ('instances_by_age',"
                   " 'instances_by_parent', 'work_items_by_session')")) {
    EXPECT_NE(steps.find(" " + index + " "), std::string::npos) << index;
  }
}

TEST_F(QueryPlan, AMissingIndexIsSeen) {
  for (const char* index :
       {"instances_ready", "instances_locked", "messages_by_role",
        "work_items_ready", "work_items_due", "work_items_by_activity"}) {
    raw_.Run(std::string("SAVEPOINT trial; DROP INDEX ") + index);
    std::vector<std::string> objections;
    for (const std::string& sql : Statements()) {
      for (std::string& step : Objections(sql)) {
        objections.push_back(std::move(step));
      }
    }
    EXPECT_THAT(objections, Not(IsEmpty())) << index;
    raw_.Run("ROLLBACK TO trial; RELEASE trial");
  }
}

TEST_F(QueryPlan, AScanIsSeen) {
  EXPECT_THAT(Objections("SELECT * FROM messages WHERE data = x''"),
              ElementsAre("SCAN messages"));
  EXPECT_THAT(Objections("SELECT * FROM history WHERE instance_key = 1"
                         " ORDER BY data"),
              ElementsAre("USE TEMP B-TREE FOR ORDER BY"));
}

}  // namespace
}  // namespace duroxide::sqlite
