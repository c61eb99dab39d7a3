#include "providers/remote/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include "providers/lean_stack.h"

namespace duroxide::remote {
namespace {

constexpr int kUnlimited = -1;

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  for (const ChannelArgument& argument : kLeanStack) {
    arguments.SetInt(argument.name, argument.value);
  }
  // RemoteProvider has the limit of its own and answers with a reason (WIRE-8).
  arguments.SetMaxReceiveMessageSize(kUnlimited);
  arguments.SetMaxSendMessageSize(kUnlimited);
  // Two providers of one process share no connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // Whether a call may be sent again is decided in remote_call.h.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // An endpoint is reached directly, whatever proxy the environment names.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // How soon a lost server is tried again. The minimum is the time that one
  // attempt to connect may take.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);
  // A fetch may wait in silence for minutes: pings find out that the peer is
  // gone. Servers refuse pings that come more often than every five minutes
  // unless they are told otherwise.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 310'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  return arguments;
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const Endpoint& endpoint) {
  return grpc::CreateCustomChannel(
      endpoint.ToString(), grpc::InsecureChannelCredentials(), Arguments());
}

}  // namespace duroxide::remote
