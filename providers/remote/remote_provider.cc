#include "providers/remote/remote_provider.h"

#include <grpcpp/channel.h>

#include <atomic>
#include <cassert>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "duroxide/provider/testing/v1/test_service.grpc.pb.h"
#include "duroxide/provider/v1/admin_service.grpc.pb.h"
#include "duroxide/provider/v1/provider_service.grpc.pb.h"
#include "providers/endpoint.h"
#include "providers/remote/channel.h"
#include "providers/remote/remote_call.h"

namespace duroxide::remote {
namespace {

constexpr int kMostConnections = 64;

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

// One service of the endpoint, with its calls that answer through a function.
template <typename Service>
class Client {
 public:
  using Calls = typename Service::StubInterface::async_interface;

  explicit Client(const Channels& channels) {
    for (const auto& channel : channels) {
      stubs_.push_back(Service::NewStub(channel));
    }
  }

  // Those of the connection whose turn it is.
  Calls* calls() {
    const size_t turn = turn_.fetch_add(1, std::memory_order_relaxed);
    return stubs_[turn % stubs_.size()]->async();
  }

 private:
  std::vector<std::unique_ptr<typename Service::Stub>> stubs_;
  std::atomic<size_t> turn_ = 0;
};

class RemoteProvider final : public Provider {
 public:
  RemoteProvider(RemoteOptions options, const Channels& channels)
      : options_(std::move(options)),
        work_(channels),
        admin_(channels),
        test_(channels) {}

  ~RemoteProvider() override {
    assert(environment_.calls_under_way == 0 && "a `done` has yet to run");
  }

  // One method: its messages' package, its service, and whether its call may be
  // sent again.
#define DUROXIDE_REMOTE(package, client, Method, idempotency)               \
  void Method(const CallContext& context,                                   \
              const package::Method##Request* request,                      \
              package::Method##Response* response, Done done) override {    \
    RemoteCall<                                                             \
        decltype(client)::Calls, package::Method##Request,                  \
        package::Method##Response>::Start(client.calls(),                   \
                                          &decltype(client)::Calls::Method, \
                                          Idempotency::idempotency,         \
                                          environment_, context, request,   \
                                          response, std::move(done));       \
  }

  DUROXIDE_REMOTE(v1, work_, GetProviderInfo, kRead);
  DUROXIDE_REMOTE(v1, work_, FetchOrchestrationItems, kNever);
  DUROXIDE_REMOTE(v1, work_, AckOrchestrationItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, AbandonOrchestrationItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, RenewOrchestrationItemLock, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, EnqueueOrchestratorItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, EnqueueWorkItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, FetchWorkItems, kNever);
  DUROXIDE_REMOTE(v1, work_, AckWorkItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, AbandonWorkItem, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, RenewWorkItemLock, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, RenewSessionLocks, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, CleanupOrphanedSessions, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, ReadHistory, kRead);
  DUROXIDE_REMOTE(v1, work_, AppendHistory, kByRequestId);
  DUROXIDE_REMOTE(v1, work_, GetCustomStatus, kRead);
  DUROXIDE_REMOTE(v1, work_, GetKvValue, kRead);
  DUROXIDE_REMOTE(v1, work_, ListKvValues, kRead);
  DUROXIDE_REMOTE(v1, work_, GetInstanceStats, kRead);

  DUROXIDE_REMOTE(v1, admin_, ListInstances, kRead);
  DUROXIDE_REMOTE(v1, admin_, ListExecutions, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetLatestExecution, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetInstanceInfo, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetExecutionInfo, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetSystemMetrics, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetQueueDepths, kRead);
  DUROXIDE_REMOTE(v1, admin_, ListChildren, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetParent, kRead);
  DUROXIDE_REMOTE(v1, admin_, GetInstanceTree, kRead);
  DUROXIDE_REMOTE(v1, admin_, DeleteInstance, kByRequestId);
  DUROXIDE_REMOTE(v1, admin_, DeleteInstances, kByRequestId);
  DUROXIDE_REMOTE(v1, admin_, DeleteInstancesByFilter, kByRequestId);
  DUROXIDE_REMOTE(v1, admin_, PruneExecutions, kByRequestId);
  DUROXIDE_REMOTE(v1, admin_, PruneExecutionsByFilter, kByRequestId);

  DUROXIDE_REMOTE(testing_v1, test_, CreateStore, kByRequestId);
  DUROXIDE_REMOTE(testing_v1, test_, DropStore, kByRequestId);
  DUROXIDE_REMOTE(testing_v1, test_, CorruptInstanceHistory, kNever);
  DUROXIDE_REMOTE(testing_v1, test_, GetMaxAttemptCount, kRead);

#undef DUROXIDE_REMOTE

 private:
  const RemoteOptions options_;
  Client<v1::ProviderService> work_;
  Client<v1::ProviderAdminService> admin_;
  Client<testing_v1::ProviderTestService> test_;
  Environment environment_{*this, options_};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Provider>> MakeRemoteProvider(
    RemoteOptions options) {
  absl::StatusOr<Endpoint> endpoint = ParseEndpoint(options.endpoint);
  if (!endpoint.ok()) return endpoint.status();
  if (!endpoint->is_unix() && endpoint->port == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", options.endpoint, "\" has port 0, where nobody can be reached"));
  }
  if (options.connections < 1 || options.connections > kMostConnections) {
    return absl::InvalidArgumentError(
        absl::StrCat("connections is ", options.connections, ", not from 1 to ",
                     kMostConnections));
  }
  Channels channels;
  for (int i = 0; i < options.connections; ++i) {
    channels.push_back(MakeChannel(*endpoint));
  }
  return std::make_unique<RemoteProvider>(std::move(options), channels);
}

}  // namespace duroxide::remote
