#ifndef DUROXIDE_SERVER_CALL_GATE_H_
#define DUROXIDE_SERVER_CALL_GATE_H_

#include <condition_variable>
#include <mutex>
#include <stop_token>

#include "absl/time/time.h"

namespace duroxide::server {

// Counts the calls that a server has accepted, so that its end can wait for
// them. Thread-safe.
class CallGate {
 public:
  // Accepts a call, unless the gate is closed. Each accepted call leaves once.
  bool Enter();
  void Leave();

  // Stops when the gate closes: waiting fetches end with it.
  std::stop_token closing() const { return closing_.get_token(); }

  // Accepts no more calls. Thereafter closing() is stopped.
  void Close();

  // Blocks until every accepted call has left, at most for `timeout`; tells
  // whether they have.
  bool WaitUntilEmpty(absl::Duration timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;  // guarded by mutex_
  int calls_ = 0;     // guarded by mutex_
  std::stop_source closing_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_CALL_GATE_H_
