#include <array>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "bench/closed_loop.h"
#include "bench/scenario.h"
#include "bench/undeclared.h"
#include "runtime/client.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/runtime.h"

namespace duroxide::bench {
namespace {

// Nothing that is waited for takes as long.
constexpr absl::Duration kLong = absl::Minutes(5);

// What the runtime has of an execution when its next turn comes.
enum class Kept {
  kAll,      // the execution, and the history is not sent again
  kButSent,  // the execution, of a provider that sends histories all the same
  kNothing,  // the history is sent and replayed
};

const char* NameOf(Kept kept) {
  switch (kept) {
    case Kept::kAll:
      return "kept";
    case Kept::kButSent:
      return "kept-but-sent";
    case Kept::kNothing:
      return "replayed";
  }
  return "unknown";
}

// Each turn adds two events. Short histories are therefore spread over many
// instances.
struct Length {
  int events;
  int instances;
};
constexpr std::array kLengths = {Length{.events = 10, .instances = 400},
                                 Length{.events = 10000, .instances = 2}};

// Takes so many messages at once, and then one a turn. Each makes two events.
runtime::Orchestration<std::string> TakeMessages(
    runtime::OrchestrationContext& ctx, std::string count) {
  for (int taken = 0; taken < std::stoi(count); ++taken) {
    co_await ctx.DequeueEvent("first");
  }
  ctx.SetCustomStatus("ready");
  while (true) co_await ctx.DequeueEvent("then");
}

// Tells whoever waits for it of the next turn that is committed.
class Commits final : public runtime::RuntimeObserver {
 public:
  void OnTurn(const runtime::CommittedTurn& turn) override {
    {
      const std::lock_guard lock(mutex_);
      from_fetch_us_.push_back(absl::ToDoubleMicroseconds(turn.elapsed));
    }
    End(absl::OkStatus());
  }
  void OnTurnNotCommitted(const runtime::TurnFacts& facts) override {
    End(absl::InternalError(facts.error));
  }
  void OnActivity(const runtime::FinishedActivity&) override {}
  void OnOrchestrationsFetched(int) override {}
  void OnActivitiesFetched(int) override {}
  void OnProviderCall(std::string_view, const absl::Status&,
                      absl::Duration) override {}
  void OnSystemMetrics(const v1::SystemMetrics&) override {}
  void OnQueueDepths(const v1::QueueDepths&) override {}

  void Await(Operation::Ended ended) {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(ended);
  }
  void End(absl::Status status) {
    Operation::Ended waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting = std::exchange(waiting_, nullptr);
    }
    if (waiting) waiting(std::move(status));
  }

  // From the fetch's answer to the commit's, of all turns since the last call.
  std::vector<double> TakeFromFetchUs() {
    const std::lock_guard lock(mutex_);
    return std::exchange(from_fetch_us_, {});
  }

 private:
  std::mutex mutex_;
  Operation::Ended waiting_;
  std::vector<double> from_fetch_us_;
};

v1::EnqueueOrchestratorItemRequest Message(const std::string& instance,
                                           const std::string& queue) {
  v1::EnqueueOrchestratorItemRequest request;
  auto& message = *request.mutable_item()->mutable_queue_message();
  message.set_instance(instance);
  message.set_name(queue);
  message.set_data(std::string(100, 'x'));
  return request;
}

// A message, until its turn is committed; to one instance after the other.
class OneTurn final : public Operation {
 public:
  OneTurn(Provider& client, Commits& commits,
          const std::vector<std::string>& instances)
      : client_(client), commits_(commits), instances_(instances) {}

  void Start(Ended ended) override {
    request_ = Message(instances_[next_++ % instances_.size()], "then");
    commits_.Await(std::move(ended));
    client_.EnqueueOrchestratorItem(CallContext(), &request_, &response_,
                                    [this](absl::Status status) {
                                      if (status.ok()) return;
                                      commits_.End(std::move(status));
                                    });
  }

 private:
  Provider& client_;
  Commits& commits_;
  const std::vector<std::string>& instances_;
  size_t next_ = 0;
  v1::EnqueueOrchestratorItemRequest request_;
  v1::EnqueueOrchestratorItemResponse response_;
};

// Enqueues `count` messages, many at a time.
absl::Status EnqueueMany(Provider& client, const std::string& instance,
                         int count) {
  constexpr int kInFlight = 64;
  struct Lane {
    v1::EnqueueOrchestratorItemResponse response;
    absl::Status status;
  };
  std::vector<Lane> lanes(static_cast<size_t>(count));
  const v1::EnqueueOrchestratorItemRequest request = Message(instance, "first");
  std::counting_semaphore<kInFlight> free(kInFlight);
  for (Lane& lane : lanes) {
    free.acquire();
    client.EnqueueOrchestratorItem(CallContext(), &request, &lane.response,
                                   [&free, &lane](absl::Status status) {
                                     lane.status = std::move(status);
                                     free.release();
                                   });
  }
  for (int i = 0; i < kInFlight; ++i) free.acquire();
  for (const Lane& lane : lanes) {
    if (!lane.status.ok()) return lane.status;
  }
  return absl::OkStatus();
}

// Makes the instances, each with a history of the wanted length, by the
// runtime that works on the store.
absl::StatusOr<std::vector<std::string>> MakeInstances(
    const std::shared_ptr<Provider>& provider, const Length& length) {
  // Besides those of messages there are the start, the status and the wait for
  // the next message.
  const int messages = (length.events - 3) / 2;
  runtime::Client client(provider);
  std::vector<std::string> instances;
  for (int i = 0; i < length.instances; ++i) {
    instances.push_back(absl::StrCat("order-", i));
    absl::Status made =
        client.Start(instances.back(), "TakeMessages", absl::StrCat(messages));
    if (made.ok()) made = EnqueueMany(*provider, instances.back(), messages);
    if (!made.ok()) return made;
  }
  for (const std::string& instance : instances) {
    const auto ready = client.WaitForStatusChange(instance, 0, kLong);
    if (!ready.ok()) return ready.status();
  }
  return instances;
}

absl::StatusOr<Sample> MeasureTurns(Workbench& bench, const Length& length,
                                    Kept kept) {
  const auto database = bench.Copy(Stock::kEmpty);
  if (!database.ok()) return database.status();
  auto server = bench.StartServer(Transport::kUnix, **database);
  if (!server.ok()) return server.status();
  std::shared_ptr<Provider> provider = std::move(server->client);
  if (kept == Kept::kButSent) {
    provider = std::make_shared<Undeclared>(std::move(provider),
                                            v1::CAPABILITY_HISTORY_ON_DEMAND);
  }

  runtime::OrchestrationRegistry orchestrations;
  absl::Status added = orchestrations.Add("TakeMessages", TakeMessages);
  if (!added.ok()) return added;
  runtime::RuntimeOptions options;
  options.worker_concurrency = 0;
  if (kept == Kept::kNothing) options.kept_executions = 0;
  const auto commits = std::make_shared<Commits>();
  const auto runtime =
      runtime::Runtime::Start(provider, std::move(orchestrations), {}, options,
                              {.log = nullptr, .metrics = commits});
  if (!runtime.ok()) return runtime.status();
  const auto instances = MakeInstances(provider, length);
  if (!instances.ok()) return instances.status();

  commits->TakeFromFetchUs();
  Operations operations;
  operations.push_back(
      std::make_unique<OneTurn>(*provider, *commits, *instances));
  absl::StatusOr<Sample> sample =
      RunClosedLoop(operations, bench.duration(), *server->process);
  if (!sample.ok()) return sample;
  sample->further["p50 us from the fetch's answer to the commit's"] =
      Quantile(commits->TakeFromFetchUs(), 0.50);
  return sample;
}

}  // namespace

void AddTurns(Scenarios& scenarios) {
  for (const Kept kept : {Kept::kAll, Kept::kButSent, Kept::kNothing}) {
    for (const Length& length : kLengths) {
      scenarios.push_back(
          {.name = absl::StrCat("turn/", NameOf(kept), "/", length.events),
           .measure = [=](Workbench& bench) {
             return MeasureTurns(bench, length, kept);
           }});
    }
  }
}

}  // namespace duroxide::bench
