#include "bench/workbench.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "providers/await.h"
#include "providers/remote/remote_provider.h"

namespace duroxide::bench {
namespace {

// What a second of a measurement uses up at most, with room for faster
// machines. Where it is not enough a measurement ends early.
constexpr double kActivitiesPerSecond = 60'000;
constexpr double kTurnsPerSecond = 20'000;

constexpr absl::Duration kStartTime = absl::Seconds(20);

// Of the client: so many that none of them is what limits (ADR 17).
constexpr int kConnections = 4;

int StockSize(Stock stock, absl::Duration duration) {
  const bool turns = stock == Stock::kTurns || stock == Stock::kHeldTurns;
  // A tenth of the duration comes on top, to warm up.
  return static_cast<int>((turns ? kTurnsPerSecond : kActivitiesPerSecond) *
                          1.1 * absl::ToDoubleSeconds(duration));
}

void WriteOut(const std::string& file) {
  const int descriptor = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return;
  fsync(descriptor);
  close(descriptor);
}

// A port that was free a moment ago; 0 where there is none.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (listener < 0) return 0;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool bound =
      bind(listener, any, size) == 0 && getsockname(listener, any, &size) == 0;
  close(listener);
  return bound ? ntohs(address.sin_port) : 0;
}

absl::Status AwaitService(Provider& client, const ChildProcess& process) {
  const absl::Time give_up = absl::Now() + kStartTime;
  for (;;) {
    const auto info =
        Await(client, &Provider::GetProviderInfo, v1::GetProviderInfoRequest());
    if (info.ok()) return absl::OkStatus();
    if (!process.Runs() || absl::Now() > give_up) {
      return absl::UnavailableError(
          absl::StrCat("the server does not serve: ", info.status().ToString(),
                       "\n", process.Log()));
    }
  }
}

}  // namespace

Database::~Database() {
  for (const char* part : {"", "-wal", "-shm"}) {
    unlink(absl::StrCat(file_, part).c_str());
  }
}

absl::StatusOr<std::unique_ptr<Workbench>> Workbench::Make(Options options) {
  std::string folder = absl::StrCat(options.folder, "/duroxide-bench-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot make a folder in ", options.folder));
  }
  return std::unique_ptr<Workbench>(
      new Workbench(std::move(options), std::move(folder)));
}

Workbench::~Workbench() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::StatusOr<std::unique_ptr<Database>> Workbench::Copy(Stock stock) {
  auto found = stocked_.find(stock);
  if (found == stocked_.end()) {
    const std::string file = absl::StrCat(folder_, "/stock", made_++);
    absl::StatusOr<std::vector<Held>> held =
        MakeStock(file, stock, StockSize(stock, options_.duration));
    if (!held.ok()) return held.status();
    found =
        stocked_.emplace(stock, Stocked{.file = file, .held = *std::move(held)})
            .first;
  }
  const std::string copy = absl::StrCat(folder_, "/database", made_++);
  std::error_code error;
  std::filesystem::copy_file(found->second.file, copy, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot write ", copy, ": ", error.message()));
  }
  WriteOut(copy);
  return std::make_unique<Database>(copy, found->second.held);
}

absl::StatusOr<std::string> Workbench::FreeAddress(Transport transport) {
  if (transport == Transport::kUnix) {
    return absl::StrCat("unix:", folder_, "/socket", made_++);
  }
  const int port = FreePort();
  if (port == 0) return absl::UnavailableError("no port is free");
  return absl::StrCat("127.0.0.1:", port);
}

absl::StatusOr<std::unique_ptr<ChildProcess>> Workbench::StartProcess(
    const std::vector<std::string>& command) {
  return ChildProcess::Start(command, absl::StrCat(folder_, "/log", made_++));
}

absl::StatusOr<Server> Workbench::StartServer(Transport transport,
                                              const Database& database) {
  const absl::StatusOr<std::string> address = FreeAddress(transport);
  if (!address.ok()) return address.status();
  auto process = StartProcess({options_.provider_program, "--provider=sqlite",
                               absl::StrCat("--database=", database.file()),
                               absl::StrCat("--listen=", *address)});
  if (!process.ok()) return process.status();
  remote::RemoteOptions options;
  options.endpoint = *address;
  options.connections = kConnections;
  auto client = remote::MakeRemoteProvider(std::move(options));
  if (!client.ok()) return client.status();
  if (absl::Status serves = AwaitService(**client, **process); !serves.ok()) {
    return serves;
  }
  return Server{.process = *std::move(process), .client = *std::move(client)};
}

}  // namespace duroxide::bench
