#ifndef DUROXIDE_TESTS_E2E_LOAD_H_
#define DUROXIDE_TESTS_E2E_LOAD_H_

// Clients that work on a provider as runtimes do, each on a thread of its own:
// they start instances, raise events, take turns that schedule activities,
// timers and messages, and execute activities; now and then they abandon,
// renew, or keep a lock until it is over. A ledger and a lease book watch.

#include <cstdint>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "providers/provider.h"
#include "tests/e2e/faults.h"
#include "tests/e2e/lease_book.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/population.h"

namespace duroxide::e2e {

// What clients write down. Outlives them and the servers that they talk to.
struct Records {
  Faults faults;
  Ledger ledger{faults};
  LeaseBook leases{faults};
  Population population;
};

struct LoadOptions {
  int clients = 8;
  uint64_t seed = 0;
  // How long every lock is held, and how long fetches wait.
  absl::Duration lease = absl::Milliseconds(200);
  absl::Duration poll = absl::Milliseconds(20);
  // Ends a client with its first call that gets no answer. Else it goes on, and
  // such a call is a fault unless it is a fetch.
  bool end_unanswered = true;
  // A refusal with STORE_BUSY ends the client, as when its server is shutting
  // down. Else it is a fault.
  bool end_busy = false;
  // Makes no new work: what is there is handled, and comes to an end.
  bool only_finish = false;
};

class Load {
 public:
  // Starts at once. Clients take turns with the providers; these and `records`
  // must outlive this.
  Load(const std::vector<Provider*>& providers, Records& records,
       const LoadOptions& options);
  // Stops.
  ~Load() { Stop(); }

  // Lets every client end the call that it is in, and waits for that.
  void Stop();

 private:
  std::vector<std::jthread> clients_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_LOAD_H_
