#include "tests/e2e/stock.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/await.h"
#include "tests/e2e/calls.h"

namespace duroxide::e2e {
namespace {

class StockTaking {
 public:
  StockTaking(Provider& provider, Records& records)
      : provider_(provider), records_(records) {}

  void TakeTurns() {
    Exchange exchange;
    std::vector<std::string> tokens;
    for (;;) {
      const auto items =
          Call(&Provider::FetchOrchestrationItems, FetchTurns(all_), exchange)
              .items();
      if (items.empty()) break;
      for (const v1::LockedOrchestrationItem& held : items) {
        tokens.push_back(held.lock_token());
        records_.leases.OnGiven(held.item().instance(), held.lock_token(),
                                exchange, all_.lease);
        NoteHistory(held.item().instance(), held.item().history());
        for (const v1::WorkItem& message : held.item().messages()) {
          NoteMessage(message, exchange);
        }
      }
    }
    for (const std::string& token : tokens) {
      records_.leases.OnRelease(token);
      Call(&Provider::AbandonOrchestrationItem, AbandonTurn(token), exchange);
    }
  }

  void TakeWork() {
    Exchange exchange;
    std::vector<std::string> tokens;
    for (;;) {
      const auto items =
          Call(&Provider::FetchWorkItems, FetchWork(all_), exchange).items();
      if (items.empty()) break;
      for (const v1::LockedWorkItem& held : items) {
        tokens.push_back(held.lock_token());
        records_.leases.OnGiven(held.item().ShortDebugString(),
                                held.lock_token(), exchange, all_.lease);
        NoteMessage(held.item(), exchange);
      }
    }
    for (const std::string& token : tokens) {
      records_.leases.OnRelease(token);
      Call(&Provider::AbandonWorkItem, AbandonWork(token), exchange);
    }
  }

  void ReadHistory(const std::string& instance) {
    Exchange exchange;
    v1::ReadHistoryRequest request;
    request.set_instance(instance);
    NoteHistory(instance,
                Call(&Provider::ReadHistory, request, exchange).events());
  }

  const Holding& found() const { return found_; }

 private:
  // No items, no events where the call fails, which is a fault.
  template <typename Request, typename Response>
  Response Call(void (Provider::*method)(const CallContext&, const Request*,
                                         Response*, Provider::Done),
                const Request& request, Exchange& exchange) {
    exchange.asked = absl::Now();
    absl::StatusOr<Response> response = Await(provider_, method, request);
    exchange.answered = absl::Now();
    if (response.ok()) return *std::move(response);
    records_.faults.Add("stock-taking: " + response.status().ToString());
    return Response();
  }

  void NoteMessage(const v1::WorkItem& message, const Exchange& exchange) {
    records_.ledger.Given(message, exchange.asked);
    if (!found_.messages.insert(message.SerializeAsString()).second) {
      records_.faults.Add("there twice: " + message.ShortDebugString());
    }
  }

  void NoteHistory(
      const std::string& instance,
      const google::protobuf::RepeatedPtrField<v1::Event>& events) {
    const History history = HistoryOf(events);
    const auto [known, first] = found_.histories.emplace(instance, history);
    if (!first && known->second != history) {
      records_.faults.Add("two histories of " + instance);
    }
  }

  const FetchOptions all_ = {.lease = absl::Minutes(10), .max_items = 16};
  Provider& provider_;
  Records& records_;
  Holding found_;
};

}  // namespace

Holding TakeStock(Provider& provider, Records& records,
                  const std::set<std::string>& instances) {
  StockTaking stock(provider, records);
  stock.TakeTurns();
  stock.TakeWork();
  for (const std::string& instance : instances) stock.ReadHistory(instance);
  return stock.found();
}

}  // namespace duroxide::e2e
