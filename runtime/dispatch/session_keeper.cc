#include "runtime/dispatch/session_keeper.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "runtime/dispatch/calls.h"
#include "runtime/dispatch/durations.h"

namespace duroxide::runtime {
namespace {

void LogFailure(const Environment& environment, std::string_view what,
                const absl::Status& status) {
  if (status.ok()) return;
  Log(environment, TraceLevel::kWarning,
      absl::StrCat(std::string(what),
                   " failed: ", std::string(status.message())));
}

}  // namespace

SessionKeeper::SessionKeeper(Environment& environment,
                             const RuntimeOptions& options, std::string owner)
    : environment_(environment),
      owner_(std::move(owner)),
      lock_timeout_(options.session_lock_timeout),
      idle_timeout_(options.session_idle_timeout),
      renewal_(environment.timers,
               RenewalInterval(options.session_lock_timeout,
                               options.session_lock_renewal_buffer),
               [this] { Renew(); }),
      cleanup_(environment.timers, options.session_cleanup_interval,
               [this] { CleanUp(); }) {}

void SessionKeeper::Start() {
  renewal_.Start();
  cleanup_.Start();
}

void SessionKeeper::Stop() {
  renewal_.Stop();
  cleanup_.Stop();
}

void SessionKeeper::Renew() {
  v1::RenewSessionLocksRequest request;
  request.set_store(environment_.store);
  request.add_owner_ids(owner_);
  *request.mutable_extend_for() = ToProto(lock_timeout_);
  *request.mutable_idle_timeout() = ToProto(idle_timeout_);
  Send(environment_, &Provider::RenewSessionLocks, std::move(request), {},
       [this](const absl::Status& status, v1::RenewSessionLocksResponse&) {
         LogFailure(environment_, "Renewing sessions", status);
       });
}

void SessionKeeper::CleanUp() {
  v1::CleanupOrphanedSessionsRequest request;
  request.set_store(environment_.store);
  *request.mutable_idle_timeout() = ToProto(idle_timeout_);
  Send(
      environment_, &Provider::CleanupOrphanedSessions, std::move(request), {},
      [this](const absl::Status& status, v1::CleanupOrphanedSessionsResponse&) {
        LogFailure(environment_, "Removing orphaned sessions", status);
      });
}

}  // namespace duroxide::runtime
