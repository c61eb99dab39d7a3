#ifndef DUROXIDE_RUNTIME_DISPATCH_SESSION_KEEPER_H_
#define DUROXIDE_RUNTIME_DISPATCH_SESSION_KEEPER_H_

#include <string>

#include "absl/time/time.h"
#include "runtime/dispatch/environment.h"
#include "runtime/dispatch/periodic.h"
#include "runtime/runtime_options.h"

namespace duroxide::runtime {

// Renews the sessions that a runtime holds, and has those that nobody needs
// removed, each in its interval (SESS-2, SESS-3). Thread-safe.
class SessionKeeper {
 public:
  // `owner` is who the runtime's fetches claim sessions for.
  SessionKeeper(Environment& environment, const RuntimeOptions& options,
                std::string owner);
  SessionKeeper(const SessionKeeper&) = delete;
  SessionKeeper& operator=(const SessionKeeper&) = delete;

  void Start();
  // What it holds is left to run out.
  void Stop();

 private:
  void Renew();
  void CleanUp();

  Environment& environment_;
  const std::string owner_;
  const absl::Duration lock_timeout_;
  const absl::Duration idle_timeout_;
  Periodic renewal_;
  Periodic cleanup_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_SESSION_KEEPER_H_
