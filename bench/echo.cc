#include "bench/echo.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/echo.grpc.pb.h"
#include "providers/lean_stack.h"

namespace duroxide::bench {
namespace {

constexpr std::chrono::seconds kCallTimeout{30};

class Service final : public EchoService::CallbackService {
 public:
  grpc::ServerUnaryReactor* Echo(grpc::CallbackServerContext* context,
                                 const EchoRequest* /*request*/,
                                 EchoResponse* /*response*/) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

class EchoCall final : public Operation {
 public:
  EchoCall(const std::shared_ptr<grpc::Channel>& channel, size_t payload_bytes)
      : stub_(EchoService::NewStub(channel)) {
    request_.set_payload(std::string(payload_bytes, 'x'));
  }

  void Start(Ended ended) override {
    ended_ = std::move(ended);
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    stub_->async()->Echo(
        &*context_, &request_, &response_, [this](const grpc::Status& status) {
          ended_(status.ok() ? absl::OkStatus()
                             : absl::UnavailableError(status.error_message()));
        });
  }

 private:
  const std::unique_ptr<EchoService::Stub> stub_;
  EchoRequest request_;
  EchoResponse response_;
  std::optional<grpc::ClientContext> context_;
  Ended ended_;
};

}  // namespace

absl::Status ServeEcho(const std::string& address) {
  Service service;
  grpc::ServerBuilder builder;
  for (const ChannelArgument& argument : kLeanStack) {
    builder.AddChannelArgument(argument.name, argument.value);
  }
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  }
  server->Wait();
  return absl::OkStatus();
}

absl::StatusOr<Operations> MakeEchoes(const std::string& address, int in_flight,
                                      size_t payload_bytes) {
  grpc::ChannelArguments arguments;
  for (const ChannelArgument& argument : kLeanStack) {
    arguments.SetInt(argument.name, argument.value);
  }
  // A connection of its own, like a RemoteProvider's.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // gRPC's own retries cost a tenth of a client's call; a limit goes without.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  const std::shared_ptr<grpc::Channel> channel = grpc::CreateCustomChannel(
      address, grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() +
                                 kCallTimeout)) {
    return absl::UnavailableError(absl::StrCat("no echo at ", address));
  }
  Operations operations;
  for (int i = 0; i < in_flight; ++i) {
    operations.push_back(std::make_unique<EchoCall>(channel, payload_bytes));
  }
  return operations;
}

}  // namespace duroxide::bench
