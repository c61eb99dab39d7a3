#include "server/server.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "providers/endpoint.h"
#include "providers/lean_stack.h"
#include "server/listen_address.h"
#include "server/other_methods.h"
#include "server/services.h"
#include "server/serving.h"

namespace duroxide::server {
namespace {

constexpr int kUnlimited = -1;

// How long refused calls may take to leave once all accepted ones have. Streams
// of health checks and reflection end only when they are cancelled thereafter.
constexpr auto kLinger = std::chrono::milliseconds(200);

class ProviderServerImpl final : public ProviderServer {
 public:
  ProviderServerImpl(Provider& provider, const ServerOptions& options)
      : serving_{.provider = provider,
                 .max_message_bytes = options.max_message_bytes,
                 .observer = options.observer,
                 .gate = {}},
        services_(MakeServices(serving_, options)),
        other_methods_(NamesOf(services_)) {}

  ~ProviderServerImpl() override { Shutdown(absl::ZeroDuration()); }

  absl::Status Listen(Endpoint address) {
    if (absl::Status status = CheckCanListen(address); !status.ok()) {
      return status;
    }
    grpc::EnableDefaultHealthCheckService(true);  // for the whole process
    grpc::ServerBuilder builder;
    Configure(builder);
    int port = 0;
    builder.AddListeningPort(address.ToString(),
                             grpc::InsecureServerCredentials(), &port);
    for (const NamedService& service : services_) {
      builder.RegisterService(service.service.get());
    }
    builder.RegisterCallbackGenericService(&other_methods_);
    server_ = builder.BuildAndStart();
    if (server_ == nullptr) {
      return absl::UnavailableError(absl::StrCat(
          "cannot listen on ", address.ToString(), ": gRPC did not start"));
    }
    for (const NamedService& service : services_) {
      server_->GetHealthCheckService()->SetServingStatus(service.name, true);
    }
    if (!address.is_unix()) address.port = port;
    endpoint_ = address.ToString();
    return absl::OkStatus();
  }

  const std::string& endpoint() const override { return endpoint_; }

  void Shutdown(absl::Duration grace) override {
    const std::lock_guard lock(shutdown_mutex_);
    if (server_ == nullptr) return;
    server_->GetHealthCheckService()->Shutdown();
    serving_.gate.Close();
    serving_.gate.WaitUntilEmpty(grace);
    server_->Shutdown(std::chrono::system_clock::now() + kLinger);
    // What a cancelled fetch gives back may still be on its way.
    serving_.gate.WaitUntilEmpty(absl::InfiniteDuration());
    server_.reset();
  }

 private:
  static std::vector<NamedService> MakeServices(Serving& serving,
                                                const ServerOptions& options) {
    std::vector<NamedService> services;
    services.push_back(MakeProviderService(serving));
    services.push_back(MakeAdminService(serving));
    if (options.test_service) services.push_back(MakeTestService(serving));
    return services;
  }

  static std::vector<std::string> NamesOf(
      const std::vector<NamedService>& services) {
    std::vector<std::string> names;
    for (const NamedService& service : services) names.push_back(service.name);
    return names;
  }

  static void Configure(grpc::ServerBuilder& builder) {
    for (const ChannelArgument& argument : kLeanStack) {
      builder.AddChannelArgument(argument.name, argument.value);
    }
    // The call wrapper has the limit, and answers with a reason (WIRE-8).
    builder.SetMaxReceiveMessageSize(kUnlimited);
    builder.SetMaxSendMessageSize(kUnlimited);
    // Otherwise two servers would share one port without a word.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    // Clients whose fetches wait in silence may ask now and then whether the
    // server is still there.
    builder.AddChannelArgument(
        GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  }

  Serving serving_;
  const std::vector<NamedService> services_;
  OtherMethods other_methods_;
  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
  std::mutex shutdown_mutex_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ProviderServer>> StartServer(
    Provider& provider, ServerOptions options) {
  absl::StatusOr<Endpoint> address = ParseEndpoint(options.listen);
  if (!address.ok()) return address.status();
  auto server = std::make_unique<ProviderServerImpl>(provider, options);
  if (absl::Status status = server->Listen(*std::move(address)); !status.ok()) {
    return status;
  }
  return server;
}

}  // namespace duroxide::server
