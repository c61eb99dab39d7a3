#include "server/metrics.h"

#include <array>
#include <atomic>
#include <cstddef>

#include "duroxide/provider/testing/v1/test_service.pb.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"

namespace duroxide::server {
namespace {

using google::protobuf::MethodDescriptor;
using prometheus::Histogram;

constexpr const char* kOrchestratorQueue = "orchestrator";
constexpr const char* kWorkerQueue = "worker";

// The canonical codes as go-grpc-middleware writes them, by number.
constexpr std::array kCodeNames = {
    "OK",
    "Canceled",
    "Unknown",
    "InvalidArgument",
    "DeadlineExceeded",
    "NotFound",
    "AlreadyExists",
    "PermissionDenied",
    "ResourceExhausted",
    "FailedPrecondition",
    "Aborted",
    "OutOfRange",
    "Unimplemented",
    "Internal",
    "Unavailable",
    "DataLoss",
    "Unauthenticated",
};

// From a read of a cached row to the longest wait for work.
const Histogram::BucketBoundaries kCallSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
    0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};
const Histogram::BucketBoundaries kCommitSeconds = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
    0.025,  0.05,    0.1,    0.25,  0.5,    1,     5};
const Histogram::BucketBoundaries kBatchSizes = {1,  2,  4,   8,  16,
                                                 32, 64, 128, 256};

prometheus::Labels LabelsOf(const MethodDescriptor& method) {
  return {{"grpc_service", method.service()->full_name()},
          {"grpc_method", method.name()},
          {"grpc_type", "unary"}};
}

}  // namespace

struct Metrics::PerMethod {
  prometheus::Counter* started;
  Histogram* seconds;
  // By code; made when a code is first seen, since most never are.
  std::array<std::atomic<prometheus::Counter*>, kCodeNames.size()> handled{};
};

Metrics::Metrics(const std::string& version, const std::string& engine)
    : registry_(std::make_shared<prometheus::Registry>()),
      started_(prometheus::BuildCounter()
                   .Name("grpc_server_started_total")
                   .Help("Calls that arrived.")
                   .Register(*registry_)),
      handled_(prometheus::BuildCounter()
                   .Name("grpc_server_handled_total")
                   .Help("Calls that were answered, by status code.")
                   .Register(*registry_)),
      seconds_(prometheus::BuildHistogram()
                   .Name("grpc_server_handling_seconds")
                   .Help("Time from a call's arrival to its answer; a fetch's "
                         "wait for work is part of it.")
                   .Register(*registry_)),
      batch_size_(prometheus::BuildHistogram()
                      .Name("duroxide_provider_commit_batch_size")
                      .Help("Requests that one transaction carried.")
                      .Register(*registry_)
                      .Add({}, kBatchSizes)),
      commit_seconds_(prometheus::BuildHistogram()
                          .Name("duroxide_provider_commit_seconds")
                          .Help("Time from a transaction's begin to the moment "
                                "when it was durable.")
                          .Register(*registry_)
                          .Add({}, kCommitSeconds)) {
  auto& long_polls = prometheus::BuildGauge()
                         .Name("duroxide_provider_long_polls_waiting")
                         .Help("Fetches that wait for work.")
                         .Register(*registry_);
  auto& expiries = prometheus::BuildCounter()
                       .Name("duroxide_provider_lock_expiries_total")
                       .Help("Locks that ran out before they were released.")
                       .Register(*registry_);
  orchestrator_ = {&long_polls.Add({{"queue", kOrchestratorQueue}}),
                   &expiries.Add({{"queue", kOrchestratorQueue}})};
  worker_ = {&long_polls.Add({{"queue", kWorkerQueue}}),
             &expiries.Add({{"queue", kWorkerQueue}})};
  prometheus::BuildGauge()
      .Name("duroxide_provider_build_info")
      .Help("Always 1; the labels tell what runs.")
      .Register(*registry_)
      .Add({{"version", version}, {"engine", engine}})
      .Set(1);
  AddMethods(*provider::v1::AckWorkItemRequest::descriptor()->file());
  AddMethods(*provider::v1::ListInstancesRequest::descriptor()->file());
  AddMethods(*provider::testing::v1::CreateStoreRequest::descriptor()->file());
}

Metrics::~Metrics() = default;

void Metrics::AddMethods(const google::protobuf::FileDescriptor& file) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int j = 0; j < file.service(i)->method_count(); ++j) {
      const MethodDescriptor* method = file.service(i)->method(j);
      auto metrics = std::make_unique<PerMethod>();
      metrics->started = &started_.Add(LabelsOf(*method));
      metrics->seconds = &seconds_.Add(LabelsOf(*method), kCallSeconds);
      methods_[method] = std::move(metrics);
    }
  }
}

void Metrics::OnStarted(const MethodDescriptor& method) {
  methods_.at(&method)->started->Increment();
}

void Metrics::OnHandled(const HandledCall& call) {
  PerMethod& metrics = *methods_.at(&call.method);
  metrics.seconds->Observe(absl::ToDoubleSeconds(call.elapsed));
  const auto code = static_cast<size_t>(call.status.code());
  std::atomic<prometheus::Counter*>& handled = metrics.handled.at(code);
  prometheus::Counter* counter = handled.load(std::memory_order_acquire);
  if (counter == nullptr) {
    prometheus::Labels labels = LabelsOf(call.method);
    labels["grpc_code"] = kCodeNames.at(code);
    counter = &handled_.Add(labels);  // the same one for whoever comes second
    handled.store(counter, std::memory_order_release);
  }
  counter->Increment();
}

void Metrics::OnCommit(int64_t requests, absl::Duration elapsed) {
  batch_size_.Observe(static_cast<double>(requests));
  commit_seconds_.Observe(absl::ToDoubleSeconds(elapsed));
}

void Metrics::OnLongPollsWaiting(Queue queue, int64_t waiting) {
  Of(queue).long_polls->Set(static_cast<double>(waiting));
}

void Metrics::OnLocksExpired(Queue queue, int64_t count) {
  Of(queue).expiries->Increment(static_cast<double>(count));
}

Metrics::PerQueue& Metrics::Of(Queue queue) {
  return queue == Queue::kOrchestrator ? orchestrator_ : worker_;
}

}  // namespace duroxide::server
