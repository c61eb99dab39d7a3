// Fan-out and fan-in, with types: counts the words of several texts side by
// side and adds them up.
//
//   fan_out [ENDPOINT]

#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "runtime/runtime.h"
#include "runtime/typed.h"
#include "store.h"

namespace {

using duroxide::Provider;
using duroxide::runtime::ActivityContext;
using duroxide::runtime::ActivityRegistry;
using duroxide::runtime::Client;
using duroxide::runtime::DurableFuture;
using duroxide::runtime::Orchestration;
using duroxide::runtime::OrchestrationContext;
using duroxide::runtime::OrchestrationRegistry;
using duroxide::runtime::Runtime;
using duroxide::runtime::RuntimeOptions;
namespace typed = duroxide::runtime::typed;

absl::StatusOr<int> CountWords(ActivityContext& /*context*/, std::string text) {
  std::istringstream words(text);
  int count = 0;
  for (std::string word; words >> word;) ++count;
  return count;
}

Orchestration<int> CountAll(OrchestrationContext& ctx,
                            std::vector<std::string> texts) {
  std::vector<DurableFuture<absl::StatusOr<int>>> counts;
  for (const std::string& text : texts) {
    counts.push_back(typed::ScheduleActivity<int>(ctx, "CountWords", text));
  }
  const auto results = co_await ctx.Join(std::move(counts));
  int sum = 0;
  for (const absl::StatusOr<int>& count : results) {
    if (!count.ok()) co_return count.status();
    sum += *count;
  }
  co_return sum;
}

absl::StatusOr<int> Run(const std::shared_ptr<Provider>& provider) {
  OrchestrationRegistry orchestrations;
  ActivityRegistry activities;
  absl::Status status = orchestrations.Add(
      "CountAll", typed::AsOrchestration<std::vector<std::string>>(CountAll));
  status.Update(
      activities.Add("CountWords", typed::AsActivity<std::string>(CountWords)));
  if (!status.ok()) return status;
  auto runtime =
      Runtime::Start(provider, orchestrations, activities, RuntimeOptions());
  if (!runtime.ok()) return runtime.status();

  Client client(provider);
  const std::vector<std::string> texts = {"to be", "or not", "to be, that is"};
  status = typed::Start(client, "count-1", "CountAll", texts);
  if (!status.ok()) return status;
  auto ended = client.WaitForCompletion("count-1", absl::Minutes(1));
  if (!ended.ok()) return ended.status();
  return typed::OutputOf<int>(*ended);
}

}  // namespace

int main(int argc, char** argv) {
  const auto provider = OpenStore(argc, argv);
  const absl::StatusOr<int> words =
      provider.ok() ? Run(*provider) : provider.status();
  if (!words.ok()) {
    std::cerr << words.status() << "\n";
    return 1;
  }
  std::cout << *words << " words\n";
  return 0;
}
