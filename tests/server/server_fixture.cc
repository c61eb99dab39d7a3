#include "tests/server/server_fixture.h"

#include <thread>
#include <utility>

#include "providers/remote/remote_provider.h"

namespace duroxide::server {

v1::FetchWorkItemsRequest LongFetch() {
  v1::FetchWorkItemsRequest request;
  request.set_store("s");
  request.mutable_lock_timeout()->set_seconds(1);
  request.mutable_poll_timeout()->set_seconds(3600);
  return request;
}

v1::FetchWorkItemsResponse TwoItems(size_t bytes) {
  v1::FetchWorkItemsResponse response;
  for (const char* token : {"a", "b"}) {
    auto* item = response.add_items();
    item->set_lock_token(token);
    item->mutable_item()->mutable_activity_execute()->set_input(
        std::string(bytes, 'x'));
  }
  return response;
}
ServerTest::~ServerTest() {
  remote_.reset();
  server_.reset();
}

void ServerTest::Start(ServerOptions options) {
  if (options.listen.empty()) options.listen = "127.0.0.1:0";
  auto server = StartServer(fake_, options);
  ASSERT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  remote::RemoteOptions client;
  client.endpoint = server_->endpoint();
  client.retry.max_attempts = 1;
  remote_ = *remote::MakeRemoteProvider(client);
}

std::set<std::string> ServerTest::GivenBack(size_t count) {
  while (fake_.Requests("AbandonWorkItem").size() < count) {
    std::this_thread::yield();
  }
  std::set<std::string> tokens;
  for (const auto& sent : fake_.Requests("AbandonWorkItem")) {
    const auto& abandon = static_cast<const v1::AbandonWorkItemRequest&>(*sent);
    EXPECT_TRUE(abandon.ignore_attempt());
    EXPECT_EQ(abandon.store(), "s");
    tokens.insert(abandon.lock_token());
  }
  return tokens;
}

}  // namespace duroxide::server
