#include "providers/endpoint.h"

#include <gtest/gtest.h>

#include <string>

namespace duroxide {
namespace {

TEST(EndpointTest, HostAndPort) {
  const auto endpoint = ParseEndpoint("db.example:50051");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ(endpoint->host, "db.example");
  EXPECT_EQ(endpoint->port, 50051);
  EXPECT_FALSE(endpoint->is_unix());
  EXPECT_EQ(endpoint->ToString(), "db.example:50051");
}

TEST(EndpointTest, AnIpv6AddressHasBrackets) {
  const auto endpoint = ParseEndpoint("[::1]:0");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_EQ(endpoint->host, "::1");
  EXPECT_EQ(endpoint->port, 0);
  EXPECT_EQ(endpoint->ToString(), "[::1]:0");
}

TEST(EndpointTest, UnixSocket) {
  const auto endpoint = ParseEndpoint("unix:/run/a:b");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  EXPECT_TRUE(endpoint->is_unix());
  EXPECT_EQ(endpoint->unix_path, "/run/a:b");
  EXPECT_EQ(endpoint->ToString(), "unix:/run/a:b");
}

TEST(EndpointTest, WhatIsMalformedIsNamed) {
  for (const std::string& text :
       {std::string(""), std::string("host"), std::string("host:"),
        std::string("host:http"), std::string("host:-1"),
        std::string("host:65536"), std::string(":1"), std::string("[]:1"),
        std::string("::1:1"), std::string("unix:"),
        "unix:/" + std::string(107, 'x')}) {
    const auto endpoint = ParseEndpoint(text);
    EXPECT_EQ(endpoint.status().code(), absl::StatusCode::kInvalidArgument)
        << text;
    EXPECT_NE(std::string(endpoint.status().message()).find(text),
              std::string::npos);
  }
}

}  // namespace
}  // namespace duroxide
