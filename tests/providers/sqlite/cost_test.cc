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

  // Runs a script in one transaction. In it, NUMBERS(n) is a WITH clause of the
  // numbers 1 to n, NOW and LATER are moments.
  void Fill(std::string script) {
    const auto replace = [&script](const std::string& what,
                                   const std::string& with) {
      for (size_t at = script.find(what); at != std::string::npos;
           at = script.find(what, at + with.size())) {
        script.replace(at, what.size(), with);
      }
    };
    replace("NUMBERS(",
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL"
            " SELECT n + 1 FROM numbers LIMIT ");
    replace("NOW", std::to_string(NowUs()));
    replace("LATER", std::to_string(NowUs() + kHourUs));
    RawDatabase(file()).Run("BEGIN IMMEDIATE;" + script + ";COMMIT");
  }

  // 100,000 queued messages, and 10,000 that are not yet visible.
  void FillMessages() {
    Fill(R"sql(
      INSERT INTO instances
          (instance_key, store_key, instance_id, due_us, due_message)
        NUMBERS(100000) SELECT 1000000 + n, 1, 'queued-' || n, n, 1000000 + n
        FROM numbers;
      INSERT INTO messages (message_id, instance_key, role, visible_us, data)
        NUMBERS(100000) SELECT 1000000 + n, 1000000 + n, 1, n, x''
        FROM numbers;
      INSERT INTO instances
          (instance_key, store_key, instance_id, due_us, due_message)
        NUMBERS(10000) SELECT 2000000 + n, 1, 'later-' || n, LATER + n,
        2000000 + n FROM numbers;
      INSERT INTO messages (message_id, instance_key, role, visible_us, data)
        NUMBERS(10000) SELECT 2000000 + n, 2000000 + n, 1, LATER + n, x''
        FROM numbers)sql");
  }

  // 100,000 finished instances, each of one execution and two events.
  void FillInstances() {
    Fill(R"sql(
      INSERT INTO instances (instance_key, store_key, instance_id, name,
          version, created_ms, updated_ms, current_execution)
        NUMBERS(100000) SELECT 3000000 + n, 1, 'finished-' || n, 'Order',
        '1.0.0', n, n, 1 FROM numbers;
      INSERT INTO executions (instance_key, execution_id, status, started_ms,
          completed_ms, event_count)
        NUMBERS(100000) SELECT 3000000 + n, 1, 2, n, n, 2 FROM numbers;
      INSERT INTO history (instance_key, execution_id, event_id, data)
        NUMBERS(200000) SELECT 3000000 + n / 2, 1, 1 + n % 2, x''
        FROM numbers)sql");
  }

  // 100,000 queued activities of another tag, 10,000 that are not yet visible,
  // and 10,000 of ten sessions that another holds.
  void FillActivities() {
    Fill(R"sql(
      INSERT INTO work_items (item_id, store_key, instance_id, execution_id,
          activity_id, tag, data)
        NUMBERS(100000) SELECT 1000000 + n, 1, 'queued-' || n, 1, 1, 'other',
        x'' FROM numbers;
      INSERT INTO work_items (item_id, store_key, instance_id, execution_id,
          activity_id, due_us, data)
        NUMBERS(10000) SELECT 2000000 + n, 1, 'later-' || n, 1, 1, LATER + n,
        x'' FROM numbers;
      INSERT INTO work_items (item_id, store_key, instance_id, execution_id,
          activity_id, session_id, data)
        NUMBERS(10000) SELECT 3000000 + n, 1, 'held-' || n, 1, 1,
        'held-' || n % 10, x'' FROM numbers;
      INSERT INTO sessions (store_key, session_id, owner, locked_until_us,
          last_activity_us, held)
        NUMBERS(10) SELECT 1, 'held-' || (n - 1), 'another', LATER, NOW, 1
        FROM numbers;
      INSERT INTO session_heads (store_key, session_id, owner, item_id)
        SELECT 1, session_id, 'another', min(item_id) FROM work_items
        WHERE session_id LIKE 'held-%' GROUP BY session_id)sql");
  }

  // 100,000 outcomes of requests that are too young to be forgotten.
  void FillOutcomes() {
    Fill(R"sql(
      INSERT INTO request_outcomes
          (store_key, request_id, fingerprint, recorded_us)
        NUMBERS(100000) SELECT 1, 'old-' || n, 1, NOW FROM numbers)sql");
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
  FillMessages();
  FillInstances();
  FillActivities();
  FillOutcomes();
  const auto expect_alike = [](const std::string& what, int64_t empty,
                               int64_t full) {
    RecordProperty(what + "_steps_in_an_empty_store", std::to_string(empty));
    RecordProperty(what + "_steps_in_a_full_store", std::to_string(full));
    EXPECT_LE(static_cast<double>(full), 1.5 * static_cast<double>(empty))
        << what << " took " << empty << " steps in an empty store";
  };
  expect_alike("turn", turn, CostOf([&] { hot_path.TakeTurn(); }));
  expect_alike("work", work, CostOf([&] { hot_path.DoWork(); }));
  expect_alike("next_due", next_due, CostOf([&] { hot_path.AskForNextDue(); }));
  expect_alike("repeated_request", request,
               CostOf([&] { hot_path.RepeatRequest(); }));
}

TEST_F(Cost, OfForgettingOutcomesDoesNotGrow) {
  const auto forget = [this] { ForgetOldOutcomes(db(), NowUs()); };
  FillOutcomes();
  const int64_t full = CostOf(forget);
  db().Run("DELETE FROM request_outcomes WHERE outcome_key > 1000");
  EXPECT_LE(full, 1.5 * static_cast<double>(CostOf(forget)));
}

TEST_F(Cost, OfAScanIsSeen) {
  const auto scan = [this] {
    db().Number("SELECT count(*) FROM messages WHERE data = x'00'");
  };
  const int64_t empty = CostOf(scan);
  FillMessages();
  EXPECT_GT(CostOf(scan), 1000 * empty);
}

}  // namespace
}  // namespace duroxide::sqlite
