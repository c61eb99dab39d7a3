#ifndef DUROXIDE_RUNTIME_ACTIVITY_CONTEXT_H_
#define DUROXIDE_RUNTIME_ACTIVITY_CONTEXT_H_

// What an activity knows of itself, and what it can do besides its work.

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "runtime/trace.h"

namespace duroxide::runtime {

class Client;

// Which activity this is.
struct ActivityInfo {
  std::string instance;
  uint64_t execution_id = 0;
  // The event that scheduled it: with instance and execution its identity.
  uint64_t activity_id = 0;
  std::string name;
  std::string orchestration_name;
  std::string orchestration_version;
  // How often the activity was fetched, from 1. An activity runs again where
  // its worker died or lost its lock.
  uint32_t attempt = 1;
  // Session and tag, where it was scheduled with one (SESS-1, TAG-1).
  std::optional<std::string> session_id;
  std::optional<std::string> tag;
  // The slot that runs it.
  std::string worker_id;
};

// Passed to each activity. Lives until the activity has ended, or longer where
// an asynchronous one keeps it. Thread-safe.
class ActivityContext {
 public:
  // `log` and `client` may be null; they outlive the context.
  ActivityContext(ActivityInfo info, std::stop_token cancelled, TraceSink* log,
                  Client* client);

  const ActivityInfo& info() const { return info_; }

  // Stop is requested where the result is no longer wanted: the orchestration
  // has ended or given the activity up, the lock is lost, or the runtime shuts
  // down. The activity then has the grace period of the runtime's options, or
  // of the shutdown, to end. What it gives is dropped, but for a result at a
  // shutdown, which is stored; after an error it runs again elsewhere.
  const std::stop_token& cancelled() const { return cancelled_; }
  bool IsCancelled() const { return cancelled_.stop_requested(); }

  // Writes a line to the runtime's log, with the activity's fields.
  void Trace(TraceLevel level, std::string_view message) const;

  // For activities that start or look at orchestrations. Null only where the
  // context was made by hand without one.
  Client* client() const { return client_; }

 private:
  const ActivityInfo info_;
  const std::stop_token cancelled_;
  TraceSink* const log_;
  Client* const client_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_ACTIVITY_CONTEXT_H_
