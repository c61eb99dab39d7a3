#include "tests/e2e/client.h"

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "conformance/builders.h"
#include "providers/errors.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/turn.h"

namespace duroxide::e2e {
namespace {

// With so many messages in the queues clients make no new ones.
constexpr int64_t kMostBacklog = 100;

// How long a client leaves a server in peace that does not answer its fetches.
constexpr std::chrono::milliseconds kNobodyThere(2);

// Where activities belong that no turn has scheduled.
constexpr const char* kNoTurn = "direct";

const std::string& TokenOf(
    const std::variant<v1::LockedOrchestrationItem, v1::LockedWorkItem>& held) {
  return std::visit(
      [](const auto& item) -> const std::string& { return item.lock_token(); },
      held);
}

}  // namespace

Client::Client(Provider& provider, Records& records, const LoadOptions& options,
               std::string name, uint64_t seed)
    : provider_(provider),
      records_(records),
      options_(options),
      name_(std::move(name)),
      random_(seed) {}

void Client::Run(const std::stop_token& stop) {
  while (!stop.stop_requested() && !at_end_) Step();
}

template <typename Request, typename Response>
Client::Answer<Response> Client::Call(
    void (Provider::*method)(const CallContext&, const Request*, Response*,
                             Provider::Done),
    const Request& request) {
  Exchange exchange{.asked = absl::Now()};
  absl::StatusOr<Response> response = Await(provider_, method, request);
  exchange.answered = absl::Now();
  return {exchange, std::move(response)};
}

template <typename Request, typename Response>
Outcome Client::Change(void (Provider::*method)(const CallContext&,
                                                const Request*, Response*,
                                                Provider::Done),
                       const Request& request, Effect effect,
                       const std::string& token) {
  const Ledger::Operation operation = records_.ledger.Begin(std::move(effect));
  const auto answer = Call(method, request);
  const Outcome outcome = OutcomeOf(answer.response.status());
  records_.ledger.End(operation, outcome);
  if (outcome == Outcome::kUnknown && !options_.end_unanswered) {
    records_.faults.Add(absl::StrCat("no answer for all the tries: ",
                                     answer.response.status().ToString()));
  }
  if (!token.empty() && outcome == Outcome::kDone) {
    records_.leases.OnAccepted(token, answer.exchange);
  }
  if (!token.empty() &&
      ReasonOf(answer.response.status()) == v1::ERROR_REASON_LOCK_LOST) {
    records_.leases.OnLost(token, answer.exchange);
  }
  return outcome;
}

Outcome Client::OutcomeOf(const absl::Status& status) {
  if (status.ok()) return Outcome::kDone;
  if (!HasDetail(status)) {
    at_end_ = options_.end_unanswered;
    return Outcome::kUnknown;
  }
  const v1::ErrorReason reason = ReasonOf(status);
  if (reason == v1::ERROR_REASON_STORE_BUSY && options_.end_busy) {
    at_end_ = true;
  } else if (reason != v1::ERROR_REASON_LOCK_LOST) {
    records_.faults.Add("refused: " + status.ToString());
  }
  return Outcome::kNotDone;
}

void Client::Step() {
  AckWhatIsOver();
  const bool make = !options_.only_finish && OneIn(3) &&
                    records_.ledger.Backlog() < kMostBacklog;
  if (make) return MakeWork();
  return OneIn(2) ? DoTurn() : DoActivity();
}

void Client::MakeWork() {
  if (OneIn(4)) return StartInstance();
  return OneIn(4) ? EnqueueActivity() : RaiseEvent();
}

void Client::StartInstance() {
  const std::string instance = absl::StrCat("instance-", Nonce());
  const v1::WorkItem start = conformance::StartItem(instance);
  if (Change(&Provider::EnqueueOrchestratorItem, EnqueueMessage(start),
             EffectOfEnqueue(start)) == Outcome::kDone) {
    records_.population.Add(instance);
  }
}

void Client::RaiseEvent() {
  const std::string instance = records_.population.Pick(random_());
  if (instance.empty()) return StartInstance();
  const v1::WorkItem raised =
      conformance::ExternalItem(instance, "raised", Nonce());
  Change(&Provider::EnqueueOrchestratorItem, EnqueueMessage(raised),
         EffectOfEnqueue(raised));
}

void Client::EnqueueActivity() {
  const v1::WorkItem activity =
      conformance::ActivityItem(kNoTurn, 1, {.input = Nonce()});
  Change(&Provider::EnqueueWorkItem, EnqueueWork(activity),
         EffectOfEnqueue(activity));
}

void Client::DoTurn() {
  const auto fetched =
      Call(&Provider::FetchOrchestrationItems,
           FetchTurns({.lease = options_.lease, .poll = options_.poll}));
  if (OutcomeOf(fetched.response.status()) != Outcome::kDone) {
    std::this_thread::sleep_for(kNobodyThere);
    return;
  }
  for (const v1::LockedOrchestrationItem& held : fetched.response->items()) {
    records_.leases.OnGiven(held.item().instance(), held.lock_token(),
                            fetched.exchange, options_.lease);
    for (const v1::WorkItem& message : held.item().messages()) {
      records_.ledger.Given(message, fetched.exchange.asked);
    }
    Handle(held);
  }
}

void Client::DoActivity() {
  const auto fetched =
      Call(&Provider::FetchWorkItems,
           FetchWork({.lease = options_.lease, .poll = options_.poll}));
  if (OutcomeOf(fetched.response.status()) != Outcome::kDone) {
    std::this_thread::sleep_for(kNobodyThere);
    return;
  }
  for (const v1::LockedWorkItem& held : fetched.response->items()) {
    records_.leases.OnGiven(held.item().ShortDebugString(), held.lock_token(),
                            fetched.exchange, options_.lease);
    records_.ledger.Given(held.item(), fetched.exchange.asked);
    Handle(held);
  }
}

void Client::Handle(const Held& held) {
  if (!options_.only_finish) {
    if (OneIn(20)) return Abandon(held);
    if (OneIn(20)) return kept_.push_back(held);
    if (OneIn(20)) Renew(held);
    if (at_end_) return;
  }
  std::visit([this](const auto& item) { Ack(item); }, held);
}

void Client::Ack(const v1::LockedOrchestrationItem& held) {
  TurnPlan plan{.nonce = Nonce()};
  if (!options_.only_finish) {
    plan.activities = static_cast<int>(random_() % 3);
    if (OneIn(10)) {
      plan.timer_at_ms = static_cast<uint64_t>(
          absl::ToUnixMillis(absl::Now() + options_.lease / 4));
    }
    if (OneIn(10)) plan.raise_for = records_.population.Pick(random_());
  }
  const v1::AckOrchestrationItemRequest ack = TurnOf(held, plan);
  records_.leases.OnRelease(held.lock_token());
  Change(&Provider::AckOrchestrationItem, ack, EffectOfAck(held, ack),
         held.lock_token());
}

void Client::Ack(const v1::LockedWorkItem& held) {
  const bool scheduled = held.item().activity_execute().instance() != kNoTurn;
  const v1::AckWorkItemRequest ack =
      AckWork(held.lock_token(),
              scheduled ? conformance::CompletionOf(held.item(), Nonce())
                        : v1::WorkItem());
  records_.leases.OnRelease(held.lock_token());
  Change(&Provider::AckWorkItem, ack, EffectOfAck(held, ack),
         held.lock_token());
}

void Client::Abandon(const Held& held) {
  const std::string& token = TokenOf(held);
  records_.leases.OnRelease(token);
  if (std::holds_alternative<v1::LockedWorkItem>(held)) {
    Change(&Provider::AbandonWorkItem, AbandonWork(token), {}, token);
    return;
  }
  v1::AbandonOrchestrationItemRequest abandon = AbandonTurn(token);
  if (OneIn(2)) SetDuration(options_.lease / 4, *abandon.mutable_delay());
  Change(&Provider::AbandonOrchestrationItem, abandon, {}, token);
}

void Client::Renew(const Held& held) {
  const std::string& token = TokenOf(held);
  const absl::Time asked = absl::Now();
  const Outcome outcome =
      std::holds_alternative<v1::LockedWorkItem>(held)
          ? Change(&Provider::RenewWorkItemLock,
                   RenewWork(token, options_.lease), {}, token)
          : Change(&Provider::RenewOrchestrationItemLock,
                   RenewTurn(token, options_.lease), {}, token);
  if (outcome == Outcome::kDone) {
    records_.leases.OnRenewed(token, {asked, absl::Now()}, options_.lease);
  }
}

void Client::AckWhatIsOver() {
  std::vector<Held> kept = std::exchange(kept_, {});
  for (const Held& held : kept) {
    if (at_end_) return;
    if (!records_.leases.IsOver(TokenOf(held))) {
      kept_.push_back(held);
      continue;
    }
    std::visit([this](const auto& item) { Ack(item); }, held);
  }
}

std::string Client::Nonce() { return absl::StrCat(name_, "-", ++nonces_); }

}  // namespace duroxide::e2e
