#ifndef DUROXIDE_TESTS_SERVER_SERVER_FIXTURE_H_
#define DUROXIDE_TESTS_SERVER_SERVER_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "providers/provider.h"
#include "server/server.h"
#include "tests/support/fake_provider.h"

namespace duroxide::server {

// What a health service answers for what is up.
inline constexpr int kServing = 1;

inline constexpr const char* kProviderService =
    "duroxide.provider.v1.ProviderService";

// A fetch that waits for as long as any test may take.
v1::FetchWorkItemsRequest LongFetch();

// Activities with the lock tokens "a" and "b", each with an input of `bytes`.
v1::FetchWorkItemsResponse TwoItems(size_t bytes = 1);

// A server before a provider that does what the test tells it, and a client.
class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override;

  // Starts the server, on a free port where the options name no address.
  void Start(ServerOptions options = {});

  // The tokens that were given back, once there are `count`.
  std::set<std::string> GivenBack(size_t count);

  testing_support::FakeProvider fake_;
  std::unique_ptr<ProviderServer> server_;
  std::unique_ptr<Provider> remote_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_TESTS_SERVER_SERVER_FIXTURE_H_
