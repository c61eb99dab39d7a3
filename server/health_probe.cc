#include "server/health_probe.h"

#include <google/protobuf/wrappers.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/impl/codegen/rpc_method.h>
#include <grpcpp/security/credentials.h>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/endpoint.h"

namespace duroxide::server {
namespace {

// HealthCheckResponse.ServingStatus of grpc.health.v1.
constexpr int kServing = 1;

absl::StatusOr<Endpoint> AddressToAsk(const std::string& listen) {
  absl::StatusOr<Endpoint> address = ParseEndpoint(listen);
  if (!address.ok()) return address;
  if (address->host == "0.0.0.0") address->host = "127.0.0.1";
  if (address->host == "::") address->host = "::1";
  return address;
}

}  // namespace

absl::Status ProbeHealth(const std::string& listen, absl::Duration patience) {
  const absl::StatusOr<Endpoint> address = AddressToAsk(listen);
  if (!address.ok()) return address.status();
  const auto channel = grpc::CreateChannel(address->ToString(),
                                           grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  // Messages of the same form as those of grpc/health/v1/health.proto, which no
  // package installs: a name in field 1, empty for the whole server, and an
  // enumeration in field 1.
  const google::protobuf::StringValue request;
  google::protobuf::Int32Value response;
  const grpc::Status answered = grpc::internal::BlockingUnaryCall(
      channel.get(),
      grpc::internal::RpcMethod("/grpc.health.v1.Health/Check",
                                grpc::internal::RpcMethod::NORMAL_RPC),
      &context, request, &response);
  if (!answered.ok()) {
    return absl::UnavailableError(absl::StrCat(
        address->ToString(), " does not answer: ", answered.error_message()));
  }
  if (response.value() != kServing) {
    return absl::UnavailableError(
        absl::StrCat(address->ToString(), " is not serving"));
  }
  return absl::OkStatus();
}

}  // namespace duroxide::server
