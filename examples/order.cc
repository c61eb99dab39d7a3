// An order: steps that may fail, what is taken back then, a decision of
// somebody's, and how far it is.
//
//   order [ENDPOINT]

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/runtime.h"
#include "runtime/typed.h"
#include "store.h"

namespace {

using duroxide::Provider;
using duroxide::runtime::ActivityContext;
using duroxide::runtime::ActivityRegistry;
using duroxide::runtime::Client;
using duroxide::runtime::Orchestration;
using duroxide::runtime::OrchestrationContext;
using duroxide::runtime::OrchestrationRegistry;
using duroxide::runtime::RetryPolicy;
using duroxide::runtime::Runtime;
using duroxide::runtime::RuntimeOptions;
namespace typed = duroxide::runtime::typed;

struct Order {
  std::string id;
  int cents = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, cents)

// --- Activities. Each may run twice: the id makes the second time harmless.

absl::StatusOr<std::string> Reserve(ActivityContext& /*context*/, Order order) {
  return absl::StrCat("stock-for-", order.id);
}

absl::StatusOr<std::string> Release(ActivityContext& /*context*/,
                                    std::string reservation) {
  return absl::StrCat(reservation, " released");
}

absl::StatusOr<std::string> Charge(ActivityContext& /*context*/, Order order) {
  if (order.cents > 100'00)
    return absl::ResourceExhaustedError("card declined");
  return absl::StrCat("payment-of-", order.id);
}

absl::StatusOr<std::string> Ship(ActivityContext& /*context*/, Order order) {
  return absl::StrCat("parcel-of-", order.id);
}

// --- The orchestration.

Orchestration<std::string> ProcessOrder(OrchestrationContext& ctx,
                                        Order order) {
  ctx.SetCustomStatus("reserving");
  ASSIGN_OR_CO_RETURN(
      std::string reservation,
      co_await typed::ScheduleActivity<std::string>(ctx, "Reserve", order));

  ctx.SetCustomStatus("paying");
  const RetryPolicy twice(2);
  auto payment = co_await typed::ScheduleActivityWithRetry<std::string>(
      ctx, "Charge", order, twice);
  if (!payment.ok()) {
    // What was done is taken back, and the order has an answer all the same.
    ASSIGN_OR_CO_RETURN(std::string released,
                        co_await typed::ScheduleActivity<std::string>(
                            ctx, "Release", reservation));
    co_return absl::StrCat("not paid: ",
                           std::string(payment.status().message()));
  }

  ctx.SetCustomStatus("waiting for the packer");
  auto packed = ctx.DequeueEvent("packed");
  auto too_late = ctx.ScheduleTimer(absl::Hours(24));
  auto first = co_await ctx.Select(std::move(packed), std::move(too_late));
  if (first.index() == 1) co_return absl::DeadlineExceededError("not packed");

  ASSIGN_OR_CO_RETURN(
      std::string parcel,
      co_await typed::ScheduleActivity<std::string>(ctx, "Ship", order));
  ctx.SetCustomStatus("shipped");
  co_return absl::StrCat("shipped as ", parcel);
}

// --- The program.

absl::StatusOr<std::unique_ptr<Runtime>> StartWorker(
    const std::shared_ptr<Provider>& provider) {
  OrchestrationRegistry orchestrations;
  absl::Status status = orchestrations.Add(
      "ProcessOrder", typed::AsOrchestration<Order>(ProcessOrder));
  ActivityRegistry activities;
  status.Update(activities.Add("Reserve", typed::AsActivity<Order>(Reserve)));
  status.Update(
      activities.Add("Release", typed::AsActivity<std::string>(Release)));
  status.Update(activities.Add("Charge", typed::AsActivity<Order>(Charge)));
  status.Update(activities.Add("Ship", typed::AsActivity<Order>(Ship)));
  if (!status.ok()) return status;
  return Runtime::Start(provider, orchestrations, activities, RuntimeOptions());
}

absl::StatusOr<std::string> OrderAndWait(Client& client, const Order& order) {
  absl::Status status = typed::Start(client, order.id, "ProcessOrder", order);
  // The packer does not need to know how far the order is.
  status.Update(client.EnqueueEvent(order.id, "packed", ""));
  if (!status.ok()) return status;
  auto ended = client.WaitForCompletion(order.id, absl::Minutes(1));
  if (!ended.ok()) return ended.status();
  return typed::OutputOf<std::string>(*ended);
}

absl::Status Run(const std::shared_ptr<Provider>& provider) {
  const auto worker = StartWorker(provider);
  if (!worker.ok()) return worker.status();
  Client client(provider);
  for (const Order& order :
       {Order{"order-1", 20'00}, Order{"order-2", 2'000'00}}) {
    const auto result = OrderAndWait(client, order);
    if (!result.ok()) return result.status();
    std::cout << order.id << ": " << *result << "\n";
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  const auto provider = OpenStore(argc, argv);
  const absl::Status status =
      provider.ok() ? Run(*provider) : provider.status();
  if (status.ok()) return 0;
  std::cerr << status << "\n";
  return 1;
}
