#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/messages.h"
#include "bench/scenario.h"
#include "providers/await.h"

namespace duroxide::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWaiting = 1000;
constexpr int64_t kPollSeconds = 600;

// A server that does nothing for so long has all the fetches that it was sent.
constexpr std::chrono::milliseconds kQuiet{200};

// What woke a fetch, and when its answer was here.
struct Woken {
  Held held;
  Clock::time_point at;
};

// Fetches that wait, each again once it has brought something.
class Crowd {
 public:
  Crowd(Provider& provider, int size) : provider_(provider) {
    context_.stop = stop_.get_token();
    request_ = FetchActivity();
    request_.mutable_poll_timeout()->set_seconds(kPollSeconds);
    responses_.resize(static_cast<size_t>(size));
    waiting_ = size;
    for (v1::FetchWorkItemsResponse& response : responses_) Fetch(response);
  }

  ~Crowd() {
    stop_.request_stop();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_ == 0; });
  }

  // The next answer; nothing where a fetch failed.
  std::optional<Woken> Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return woken_.has_value() || waiting_ == 0; });
    return std::exchange(woken_, std::nullopt);
  }

 private:
  void Fetch(v1::FetchWorkItemsResponse& response) {
    response.Clear();
    provider_.FetchWorkItems(context_, &request_, &response,
                             [this, &response](const absl::Status& status) {
                               OnAnswer(status, response);
                             });
  }

  void OnAnswer(const absl::Status& status,
                v1::FetchWorkItemsResponse& response) {
    const Clock::time_point now = Clock::now();
    if (!status.ok() || response.items().empty()) {
      // One that cannot wait ends the measurement.
      stop_.request_stop();
      const std::lock_guard lock(mutex_);
      --waiting_;
      return changed_.notify_all();
    }
    {
      const std::lock_guard lock(mutex_);
      woken_ = Woken{.held = HeldBy(response.items(0)), .at = now};
      changed_.notify_all();
    }
    Fetch(response);
  }

  Provider& provider_;
  std::stop_source stop_;
  CallContext context_;
  v1::FetchWorkItemsRequest request_;
  std::vector<v1::FetchWorkItemsResponse> responses_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  std::optional<Woken> woken_;
};

void AwaitQuiet(const ChildProcess& server) {
  absl::Duration before;
  do {
    before = server.CpuTime();
    std::this_thread::sleep_for(kQuiet);
  } while (server.CpuTime() - before > absl::Milliseconds(5));
}

absl::StatusOr<Sample> MeasureWakes(Workbench& bench, const Server& server) {
  Provider& client = *server.client;
  Crowd crowd(client, kWaiting);
  AwaitQuiet(*server.process);

  // From the enqueue on its way, and from its answer, to the fetch's answer.
  std::vector<absl::Duration> from_sent;
  std::vector<double> from_answered_us;
  const absl::Duration client_before = OwnCpuTime();
  const absl::Duration server_before = server.process->CpuTime();
  const Clock::time_point begin = Clock::now();
  while (absl::FromChrono(Clock::now() - begin) < bench.duration()) {
    const auto activity =
        Activity("waited-for", static_cast<uint64_t>(from_sent.size()) + 1);
    const Clock::time_point sent = Clock::now();
    const auto enqueued = Await(client, &Provider::EnqueueWorkItem, activity);
    if (!enqueued.ok()) return enqueued.status();
    const Clock::time_point answered = Clock::now();
    const std::optional<Woken> woken = crowd.Next();
    if (!woken.has_value()) return absl::AbortedError("a fetch did not wait");
    from_sent.push_back(absl::FromChrono(woken->at - sent));
    from_answered_us.push_back(
        absl::ToDoubleMicroseconds(absl::FromChrono(woken->at - answered)));
    v1::AckWorkItemRequest ack;
    ack.set_lock_token(woken->held.lock_token);
    const auto acked = Await(client, &Provider::AckWorkItem, ack);
    if (!acked.ok()) return acked.status();
  }
  Sample sample = Summarise(from_sent, absl::FromChrono(Clock::now() - begin),
                            OwnCpuTime() - client_before,
                            server.process->CpuTime() - server_before);
  sample.further["server threads"] = server.process->ThreadCount();
  sample.further["p50 us after the enqueue's answer"] =
      Quantile(from_answered_us, 0.50);
  sample.further["p99 us after the enqueue's answer"] =
      Quantile(from_answered_us, 0.99);
  sample.further["max us from the enqueue's sending"] =
      absl::ToDoubleMicroseconds(
          *std::max_element(from_sent.begin(), from_sent.end()));
  return sample;
}

}  // namespace

void AddWaitingFetches(Scenarios& scenarios) {
  for (const Transport transport : {Transport::kUnix, Transport::kTcp}) {
    scenarios.push_back(
        {.name = absl::StrCat("wait/", NameOf(transport), "/", kWaiting),
         .measure = [transport](Workbench& bench) -> absl::StatusOr<Sample> {
           const auto database = bench.Copy(Stock::kEmpty);
           if (!database.ok()) return database.status();
           const auto server = bench.StartServer(transport, **database);
           if (!server.ok()) return server.status();
           return MeasureWakes(bench, *server);
         }});
  }
}

}  // namespace duroxide::bench
