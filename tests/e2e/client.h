#ifndef DUROXIDE_TESTS_E2E_CLIENT_H_
#define DUROXIDE_TESTS_E2E_CLIENT_H_

#include <cstdint>
#include <random>
#include <stop_token>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "providers/await.h"
#include "providers/provider.h"
#include "tests/e2e/load.h"

namespace duroxide::e2e {

// One client of a load. Not thread-safe.
class Client {
 public:
  // `name` is part of all that it makes; no two clients of a file share one.
  Client(Provider& provider, Records& records, const LoadOptions& options,
         std::string name, uint64_t seed);

  // Works until it is stopped, or until an answer ends it (LoadOptions).
  void Run(const std::stop_token& stop);

 private:
  template <typename Response>
  struct Answer {
    Exchange exchange;
    absl::StatusOr<Response> response;
  };
  using Held = std::variant<v1::LockedOrchestrationItem, v1::LockedWorkItem>;

  template <typename Request, typename Response>
  Answer<Response> Call(void (Provider::*method)(const CallContext&,
                                                 const Request*, Response*,
                                                 Provider::Done),
                        const Request& request);
  // Makes a call that changes something as an operation of the ledger.
  template <typename Request, typename Response>
  Outcome Change(void (Provider::*method)(const CallContext&, const Request*,
                                          Response*, Provider::Done),
                 const Request& request, Effect effect,
                 const std::string& token = {});
  Outcome OutcomeOf(const absl::Status& status);

  void Step();
  void MakeWork();
  void StartInstance();
  void RaiseEvent();
  void EnqueueActivity();
  void DoTurn();
  void DoActivity();
  // Ends, or keeps, what was fetched.
  void Handle(const Held& held);
  void Ack(const v1::LockedOrchestrationItem& held);
  void Ack(const v1::LockedWorkItem& held);
  void Abandon(const Held& held);
  void Renew(const Held& held);
  // Acks that come too late.
  void AckWhatIsOver();

  std::string Nonce();
  bool OneIn(int n) { return random_() % static_cast<uint64_t>(n) == 0; }

  Provider& provider_;
  Records& records_;
  const LoadOptions& options_;
  const std::string name_;
  std::mt19937_64 random_;
  int64_t nonces_ = 0;
  bool at_end_ = false;
  std::vector<Held> kept_;
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_CLIENT_H_
