#include "server/queue_depths.h"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include "absl/time/clock.h"

namespace duroxide::server {
namespace {

// A scrape has ten seconds by default, and there is more in it than this.
constexpr auto kPatience = std::chrono::seconds(2);

// Lives until the answer is there, however long the scrape waited for it.
struct Question {
  v1::GetQueueDepthsRequest request;
  v1::GetQueueDepthsResponse response;
  std::promise<absl::Status> answered;
};

prometheus::ClientMetric Depth(const char* queue, uint64_t depth) {
  prometheus::ClientMetric metric;
  metric.label = {{"queue", queue}};
  metric.gauge.value = static_cast<double>(depth);
  return metric;
}

}  // namespace

QueueDepths::~QueueDepths() {
  under_way_.Close();
  under_way_.WaitUntilEmpty(absl::InfiniteDuration());
}

std::vector<prometheus::MetricFamily> QueueDepths::Collect() const {
  if (!under_way_.Enter()) return {};
  const auto question = std::make_shared<Question>();
  std::future<absl::Status> answer = question->answered.get_future();
  CallContext context;
  context.deadline = absl::Now() + absl::FromChrono(kPatience);
  provider_.GetQueueDepths(context, &question->request, &question->response,
                           [this, question](absl::Status status) {
                             question->answered.set_value(std::move(status));
                             under_way_.Leave();
                           });
  if (answer.wait_for(kPatience) != std::future_status::ready ||
      !answer.get().ok()) {
    return {};
  }
  const v1::QueueDepths& depths = question->response.depths();
  prometheus::MetricFamily family;
  family.name = "duroxide_provider_queue_depth";
  family.help = "Messages of the default store that could be fetched now.";
  family.type = prometheus::MetricType::Gauge;
  family.metric = {Depth("orchestrator", depths.orchestrator_queue()),
                   Depth("worker", depths.worker_queue())};
  return {family};
}

}  // namespace duroxide::server
