#ifndef DUROXIDE_TESTS_PROVIDERS_SQLITE_HOT_PATH_H_
#define DUROXIDE_TESTS_PROVIDERS_SQLITE_HOT_PATH_H_

#include <cstdint>

#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// What a working server does with every order, by the rooms' functions: each of
// them runs, with all the shapes that a request may have. The store may hold
// anything besides. Fails the test where one of them does.
class HotPath {
 public:
  HotPath(Connection& db, int64_t store) : db_(db), store_(store) {}

  // A start and a message that are enqueued, fetched with and without a
  // filter, abandoned, renewed and acked with everything that an ack may hold.
  void TakeTurn();

  // Activities with and without tag and session that are enqueued, fetched by
  // each kind of filter, abandoned, renewed and acked.
  void DoWork();

  // What a wait asks before it begins.
  void AskForNextDue();

  // A request with an id, and the same again.
  void RepeatRequest();

  void RunAll();

 private:
  Connection& db_;
  const int64_t store_;
  int round_ = 0;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_TESTS_PROVIDERS_SQLITE_HOT_PATH_H_
