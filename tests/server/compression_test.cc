// Neither end compresses what it sends (providers/lean_stack.h), and each reads
// what another program compressed.

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "duroxide/provider/v1/provider_service.grpc.pb.h"
#include "providers/await.h"
#include "providers/remote/remote_provider.h"
#include "tests/server/server_fixture.h"
#include "tests/support/temp_dir.h"

namespace duroxide::server {
namespace {

// Becomes a fiftieth of its size.
std::string Compressible() { return std::string(100'000, 'x'); }

// A provider in whatever language that compresses its replies.
class CompressingService final : public v1::ProviderService::CallbackService {
 public:
  grpc::ServerUnaryReactor* GetKvValue(
      grpc::CallbackServerContext* context,
      const v1::GetKvValueRequest* /*request*/,
      v1::GetKvValueResponse* response) override {
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
    response->set_value(Compressible());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

using CompressionTest = ServerTest;

TEST_F(CompressionTest, TheServerReadsACompressedRequest) {
  Start();
  const auto stub = v1::ProviderService::NewStub(grpc::CreateChannel(
      server_->endpoint(), grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  v1::GetKvValueRequest request;
  request.set_key(Compressible());
  v1::GetKvValueResponse response;

  const grpc::Status status = stub->GetKvValue(&context, request, &response);

  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto received = fake_.Requests("GetKvValue");
  ASSERT_EQ(received.size(), 1);
  EXPECT_EQ(received[0]->SerializeAsString(), request.SerializeAsString());
}

TEST_F(CompressionTest, TheClientReadsACompressedReply) {
  const testing_support::TempDir dir;
  CompressingService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + dir.File("s"),
                           grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  remote::RemoteOptions options;
  options.endpoint = "unix:" + dir.File("s");
  auto client = remote::MakeRemoteProvider(options);
  ASSERT_TRUE(client.ok()) << client.status();

  const auto response =
      Await(**client, &Provider::GetKvValue, v1::GetKvValueRequest());

  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->value(), Compressible());
}

}  // namespace
}  // namespace duroxide::server
