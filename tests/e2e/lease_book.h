#ifndef DUROXIDE_TESTS_E2E_LEASE_BOOK_H_
#define DUROXIDE_TESTS_E2E_LEASE_BOOK_H_

// Which locks are held for sure and which have ended for sure, by the clock of
// the machine that clients and servers share.
//
// A lock begins at some moment between the fetch and its answer. So from the
// answer on it is held, up to the lease after the fetch was sent; and it is
// over once the lease has passed since the answer.

#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "tests/e2e/faults.h"

namespace duroxide::e2e {

// When a request was sent and when its answer came.
struct Exchange {
  absl::Time asked;
  absl::Time answered;
};

// Thread-safe.
class LeaseBook {
 public:
  // `faults` gets what goes against the contract.
  explicit LeaseBook(Faults& faults) : faults_(faults) {}

  // A fetch locked `thing` (an instance or an activity) for `lease`. A fault
  // where somebody else holds it.
  void OnGiven(const std::string& thing, const std::string& token,
               const Exchange& fetch, absl::Duration lease);

  // Before an ack or abandon is sent: from now on the lock may be gone.
  void OnRelease(const std::string& token);

  // A renewal was acknowledged.
  void OnRenewed(const std::string& token, const Exchange& renewal,
                 absl::Duration lease);

  // An ack, abandon or renewal was acknowledged. A fault where the lock was
  // over before it was sent.
  void OnAccepted(const std::string& token, const Exchange& call);

  // An ack, abandon or renewal was answered with LOCK_LOST. A fault where the
  // lock was held.
  void OnLost(const std::string& token, const Exchange& call);

  // True once the lock is over for sure.
  bool IsOver(const std::string& token) const;

 private:
  struct Lease {
    std::string thing;
    absl::Time held_from;   // when it is held for sure,
    absl::Time held_until;  // up to here
    absl::Time over_after;  // when it is over for sure
    absl::Time released = absl::InfiniteFuture();

    static bool Overlap(const Lease& a, const Lease& b);
  };

  Faults& faults_;
  mutable std::mutex mutex_;
  std::map<std::string, Lease> leases_;            // by token
  std::map<std::string, std::string> last_token_;  // by thing
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_LEASE_BOOK_H_
