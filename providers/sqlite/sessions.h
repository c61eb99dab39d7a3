#ifndef DUROXIDE_PROVIDERS_SQLITE_SESSIONS_H_
#define DUROXIDE_PROVIDERS_SQLITE_SESSIONS_H_

// Sessions: who holds them (SESS-1 to SESS-3), and the heads of their items.
//
// A session's items are ready or not like any other's. So that a fetch finds
// the oldest one that it may take without walking over sessions of others, each
// session and tag with ready items has a head: its oldest item, and the owner.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "duroxide/provider/v1/orchestration.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

using OptionalTag = std::optional<std::string>;

// Works out anew the head of a session and tag, after an item of theirs became
// ready or ceased to be.
void RefreshSessionHead(Connection& db, int64_t store,
                        std::string_view session_id, const OptionalTag& tag);

// Lets go of the sessions whose lock has run out.
void FreeExpiredSessions(Connection& db, int64_t store, int64_t now_us);

// Makes the owner the session's holder until now + lock_timeout. The session is
// free or the owner's already.
void ClaimSession(Connection& db, int64_t store, std::string_view session_id,
                  const provider::v1::SessionFetchConfig& config,
                  int64_t now_us);

// Notes that something was done for the session, if it is held (SESS-2).
void TouchSession(Connection& db, int64_t store, std::string_view session_id,
                  int64_t now_us);

// Extends the held, non-idle sessions of the owners and returns how many
// (SESS-2).
int64_t RenewSessions(Connection& db, int64_t store,
                      const provider::v1::RenewSessionLocksRequest& request);

// Removes sessions that ran out and have no items left, and returns how many
// (SESS-3).
int64_t RemoveOrphanedSessions(Connection& db, int64_t store);

// The next moment at which a session's lock runs out. kNeverUs for none.
int64_t NextSessionExpiry(Connection& db, int64_t store);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_SESSIONS_H_
