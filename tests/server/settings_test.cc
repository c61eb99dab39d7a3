// duroxide-provider as it is set up, started and asked: by environment and
// file, by a service manager, and by its command `health`.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::server {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using testing_support::ChildProcess;
using testing_support::TempDir;

constexpr const char* kProgram = DUROXIDE_PROVIDER_PROGRAM;

// Variables of this process, and so of those that it starts.
class SettingsTest : public testing::Test {
 protected:
  ~SettingsTest() override {
    for (const std::string& name : set_) unsetenv(name.c_str());
  }

  void Set(const std::string& name, const std::string& value) {
    setenv(name.c_str(), value.c_str(), 1);
    set_.push_back(name);
  }

  const TempDir dir_;

 private:
  std::vector<std::string> set_;
};

TEST_F(SettingsTest, ServesWhatTheEnvironmentSays) {
  Set("DUROXIDE_PROVIDER_DATABASE", ":memory:");
  Set("DUROXIDE_PROVIDER_LISTEN", "unix:" + dir_.File("s"));
  ChildProcess server(kProgram, {});
  EXPECT_THAT(server.WaitForOutput("serving "),
              HasSubstr("serving sqlite :memory: on unix:" + dir_.File("s")));
}

TEST_F(SettingsTest, ServesWhatTheFileSays) {
  std::ofstream(dir_.File("provider.toml"))
      << "database = \":memory:\"\nlisten = \"unix:" << dir_.File("s")
      << "\"\nlog-format = \"json\"\nmax-message-bytes = \"1MiB\"\n"
         "shutdown-grace = \"5s\"\nenable-test-service = true\n";
  ChildProcess server(kProgram, {"--config=" + dir_.File("provider.toml")});
  ASSERT_NE(server.WaitForOutput("serving "), "") << server.error();
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_THAT(server.error(), StartsWith("{"));
}

TEST_F(SettingsTest, AWrongVariableIsNamedInOneLine) {
  Set("DUROXIDE_PROVIDER_DATABASE", ":memory:");
  Set("DUROXIDE_PROVIDER_SHUTDOWN_GRACE", "soon");
  ChildProcess server(kProgram, {});
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_THAT(
      server.error(),
      AllOf(StartsWith("duroxide-provider: "),
            HasSubstr("DUROXIDE_PROVIDER_SHUTDOWN_GRACE"), HasSubstr("soon")));
  EXPECT_EQ(std::ranges::count(server.error(), '\n'), 1) << server.error();
}

TEST_F(SettingsTest, AWrongFileIsNamedInOneLine) {
  std::ofstream(dir_.File("provider.toml")) << "databse = \"x\"\n";
  for (const std::string& file :
       {dir_.File("provider.toml"), dir_.File("not_there")}) {
    ChildProcess server(kProgram, {"--config=" + file});
    EXPECT_EQ(server.Wait(), 2);
    EXPECT_THAT(server.error(), StartsWith("duroxide-provider: --config: "));
    EXPECT_EQ(std::ranges::count(server.error(), '\n'), 1) << server.error();
  }
}

// --- health

TEST_F(SettingsTest, HealthIsThatOfTheServer) {
  const std::string listen = "--listen=unix:" + dir_.File("s");
  {
    ChildProcess server(kProgram, {"--database=:memory:", listen});
    ASSERT_NE(server.WaitForOutput("serving "), "");
    ChildProcess health(kProgram, {"health", listen});
    EXPECT_EQ(health.Wait(), 0) << health.error();
    EXPECT_EQ(health.output(), "serving\n");
  }
  ChildProcess health(kProgram, {"health", listen});
  EXPECT_EQ(health.Wait(), 1);
  EXPECT_THAT(health.error(),
              AllOf(HasSubstr(dir_.File("s")), HasSubstr("does not answer")));
  EXPECT_THAT(health.output(), IsEmpty());
}

TEST_F(SettingsTest, AServerOnAllAddressesIsAskedAtTheLoopbackOne) {
  ChildProcess server(kProgram,
                      {"--database=:memory:", "--listen=127.0.0.1:0"});
  const std::string line = server.WaitForOutput("serving ");
  const std::string port = line.substr(line.rfind(':') + 1);
  ChildProcess health(kProgram, {"health", "--listen=0.0.0.0:" + port});
  EXPECT_EQ(health.Wait(), 0) << health.error();
}

TEST_F(SettingsTest, HealthOfNoAddressIsWrongUse) {
  ChildProcess health(kProgram, {"health", "--listen=nowhere"});
  EXPECT_EQ(health.Wait(), 2);
}

// --- a service manager

// The socket at which systemd listens to what it has started.
class Listener {
 public:
  explicit Listener(const std::string& path)
      : file_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(bind(file_, reinterpret_cast<const sockaddr*>(&address),
                   sizeof address),
              0);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(file_); }

  // Blocks until something is told.
  std::string Next() const {
    std::array<char, 100> text{};
    const ssize_t size = recv(file_, text.data(), text.size(), 0);
    return size < 0 ? "" : std::string(text.data(), static_cast<size_t>(size));
  }

 private:
  const int file_;
};

TEST_F(SettingsTest, AServiceManagerHearsWhenItServesAndStops) {
  const Listener manager(dir_.File("notify"));
  Set("NOTIFY_SOCKET", dir_.File("notify"));
  const std::string listen = "--listen=unix:" + dir_.File("s");
  ChildProcess server(kProgram, {"--database=:memory:", listen});
  EXPECT_EQ(manager.Next(), "READY=1");
  // It really serves by then.
  ChildProcess health(kProgram, {"health", listen});
  EXPECT_EQ(health.Wait(), 0) << health.error();
  server.Signal(SIGTERM);
  EXPECT_EQ(manager.Next(), "STOPPING=1");
  EXPECT_EQ(server.Wait(), 0);
}

}  // namespace
}  // namespace duroxide::server
