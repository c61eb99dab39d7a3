// Where a server listens, and what keeps it from that.

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "providers/await.h"
#include "tests/server/server_fixture.h"
#include "tests/support/temp_dir.h"

namespace duroxide::server {
namespace {

using ::testing::HasSubstr;
using testing_support::TempDir;

TEST_F(ServerTest, APortInUseIsNamed) {
  Start();
  const auto second = StartServer(fake_, {.listen = server_->endpoint()});
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr(server_->endpoint() + ": the address is in use"));
}

TEST_F(ServerTest, ALiveUnixSocketIsInUse) {
  const TempDir dir;
  Start({.listen = "unix:" + dir.File("s")});
  const auto second = StartServer(fake_, {.listen = server_->endpoint()});
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("in use"));
  EXPECT_TRUE(
      Await(*remote_, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
          .ok());
}

TEST_F(ServerTest, AStaleUnixSocketIsReplaced) {
  const TempDir dir;
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  const std::string path = dir.File("s");
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  const int socket_fd = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(socket_fd, reinterpret_cast<sockaddr*>(&name), sizeof(name)),
            0);
  ASSERT_EQ(listen(socket_fd, 1), 0);
  close(socket_fd);  // as a crash does: the file stays
  ASSERT_TRUE(std::filesystem::exists(path));

  Start({.listen = "unix:" + path});
  EXPECT_TRUE(
      Await(*remote_, &Provider::GetProviderInfo, v1::GetProviderInfoRequest())
          .ok());
}

TEST_F(ServerTest, AFileThatIsNoSocketIsLeftAlone) {
  const TempDir dir;
  std::ofstream(dir.File("precious")) << "data";
  const auto server =
      StartServer(fake_, {.listen = "unix:" + dir.File("precious")});
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr("is not a socket"));
  EXPECT_EQ(std::filesystem::file_size(dir.File("precious")), 4u);
}

TEST_F(ServerTest, ADirectoryThatIsNotThereIsNamed) {
  const TempDir dir;
  const auto server = StartServer(fake_, {.listen = "unix:" + dir.File("a/b")});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(server.status().message()),
              HasSubstr(dir.File("a/b") + ": No such file"));
}

TEST_F(ServerTest, AMalformedAddressIsRefused) {
  const auto server = StartServer(fake_, {.listen = "50051"});
  EXPECT_EQ(server.status().code(), absl::StatusCode::kInvalidArgument);
}
}  // namespace
}  // namespace duroxide::server
