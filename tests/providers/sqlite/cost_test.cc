// What a fetch and an ack cost does not grow with what is stored. Counted are
// the steps of SQLite's virtual machine, which are the same on every machine.

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>

#include "providers/sqlite/moment.h"
#include "providers/sqlite/request_log.h"
#include "tests/providers/sqlite/hot_path.h"
#include "tests/providers/sqlite/raw_database.h"
#include "tests/providers/sqlite/support.h"

namespace duroxide::sqlite {
namespace {

class Cost : public RoomTest {
 protected:
  // The steps and the rows walked over that the connection's statements needed
  // so far.
  int64_t Counted() {
    return db()
        .Number(
            "SELECT sum(nstep) + sum(nscan) FROM sqlite_stmt"
            " WHERE sql NOT LIKE '%sqlite_stmt%'")
        .value_or(0);
  }

  int64_t CostOf(const std::function<void()>& work) {
    work();  // so that everything is prepared
    const int64_t before = Counted();
    work();
    return Counted() - before;
  }

  // 100,000 queued messages, 100,000 finished instances, 10,000 messages and
  // 10,000 activities that are not yet visible, 100,000 queued activities, and
  // 10,000 activities of sessions that others hold.
  void Fill() {
    const std::string now = std::to_string(NowUs());
    const std::string later = std::to_string(NowUs() + kHourUs);
    const auto numbers = [](int count) {
      return "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL"
             " SELECT n + 1 FROM numbers WHERE n < " +
             std::to_string(count) + ") ";
    };
    RawDatabase raw(file());
    raw.Run(
        "BEGIN IMMEDIATE;"
        // Instances that wait for their turn, with a message each.
        "INSERT INTO instances (instance_key, store_key, instance_id, due_us,"
        " due_message) " +
        numbers(100'000) +
        "SELECT 1000000 + n, 1, 'queued-' || n, n, 1000000 + n FROM numbers;"
        "INSERT INTO messages (message_id, instance_key, role, visible_us,"
        " data) " +
        numbers(100'000) +
        "SELECT 1000000 + n, 1000000 + n, 1, n, x'' FROM numbers;"
        // Instances whose message is not yet visible.
        "INSERT INTO instances (instance_key, store_key, instance_id, due_us,"
        " due_message) " +
        numbers(10'000) + "SELECT 2000000 + n, 1, 'later-' || n, " + later +
        " + n, 2000000 + n FROM numbers;"
        "INSERT INTO messages (message_id, instance_key, role, visible_us,"
        " data) " +
        numbers(10'000) + "SELECT 2000000 + n, 2000000 + n, 1, " + later +
        " + n, x'' FROM numbers;"
        // Finished instances, of one execution and two events.
        "INSERT INTO instances (instance_key, store_key, instance_id, name,"
        " version, created_ms, updated_ms, current_execution) " +
        numbers(100'000) +
        "SELECT 3000000 + n, 1, 'finished-' || n, 'Order', '1.0.0', n, n, 1"
        " FROM numbers;"
        "INSERT INTO executions (instance_key, execution_id, status,"
        " started_ms, completed_ms, event_count) " +
        numbers(100'000) +
        "SELECT 3000000 + n, 1, 2, n, n, 2 FROM numbers;"
        "INSERT INTO history (instance_key, execution_id, event_id, data) " +
        numbers(200'000) +
        "SELECT 3000000 + n / 2, 1, 1 + n % 2, x'' FROM numbers;"
        // Activities: queued (of another tag, so that a fetch comes to what the
        // hot path stores), delayed, and of ten sessions that others hold.
        "INSERT INTO work_items (item_id, store_key, instance_id,"
        " execution_id, activity_id, tag, data) " +
        numbers(100'000) +
        "SELECT 1000000 + n, 1, 'queued-' || n, 1, 1, 'other', x'' FROM "
        "numbers;"
        "INSERT INTO work_items (item_id, store_key, instance_id,"
        " execution_id, activity_id, due_us, data) " +
        numbers(10'000) + "SELECT 2000000 + n, 1, 'later-' || n, 1, 1, " +
        later +
        " + n, x'' FROM numbers;"
        "INSERT INTO work_items (item_id, store_key, instance_id,"
        " execution_id, activity_id, session_id, data) " +
        numbers(10'000) +
        "SELECT n, 1, 'held-' || n, 1, 1, 'held-' || n % 10, x''"
        " FROM numbers;"
        "INSERT INTO sessions (store_key, session_id, owner, locked_until_us,"
        " last_activity_us, held) " +
        numbers(10) + "SELECT 1, 'held-' || (n - 1), 'another', " + later +
        ", " + now +
        ", 1 FROM numbers;"
        "INSERT INTO session_heads (store_key, session_id, owner, item_id)"
        " SELECT 1, session_id, 'another', min(item_id) FROM work_items"
        "  WHERE session_id IS NOT NULL GROUP BY session_id;"
        // And what was asked for lately.
        "INSERT INTO request_outcomes (store_key, request_id, fingerprint,"
        " recorded_us) " +
        numbers(100'000) + "SELECT 1, 'old-' || n, 1, " + now +
        " FROM numbers;"
        "COMMIT");
  }
};

TEST_F(Cost, OfAHotPathDoesNotGrow) {
  HotPath hot_path(db(), kStore);
  const int64_t turn = CostOf([&] { hot_path.TakeTurn(); });
  const int64_t work = CostOf([&] { hot_path.DoWork(); });
  const int64_t next_due = CostOf([&] { hot_path.AskForNextDue(); });
  const int64_t request = CostOf([&] { hot_path.RepeatRequest(); });
  EXPECT_GT(turn, 100) << "nothing was counted";
  EXPECT_GT(work, 100) << "nothing was counted";
  Fill();
  const auto expect_alike = [](const char* what, int64_t empty, int64_t full) {
    EXPECT_LE(static_cast<double>(full), 1.5 * static_cast<double>(empty))
        << what << " took " << empty << " steps in an empty store";
  };
  expect_alike("A turn", turn, CostOf([&] { hot_path.TakeTurn(); }));
  expect_alike("Work", work, CostOf([&] { hot_path.DoWork(); }));
  expect_alike("The next due moment", next_due,
               CostOf([&] { hot_path.AskForNextDue(); }));
  expect_alike("A repeated request", request,
               CostOf([&] { hot_path.RepeatRequest(); }));
}

TEST_F(Cost, OfForgettingOutcomesDoesNotGrow) {
  db().RunScript(
      "INSERT INTO request_outcomes (store_key, request_id, fingerprint,"
      " recorded_us) WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL"
      " SELECT n + 1 FROM numbers WHERE n < 1000)"
      " SELECT 1, 'few-' || n, 1, 9000000000000000 FROM numbers");
  const auto forget = [this] { ForgetOldOutcomes(db(), NowUs()); };
  const int64_t few = CostOf(forget);
  Fill();
  EXPECT_LE(CostOf(forget), few + few / 2);
}

TEST_F(Cost, OfAScanIsSeen) {
  const auto scan = [this] {
    db().Number("SELECT count(*) FROM messages WHERE data = x'00'");
  };
  const int64_t empty = CostOf(scan);
  Fill();
  EXPECT_GT(CostOf(scan), 1000 * empty);
}

}  // namespace
}  // namespace duroxide::sqlite
