#include "conformance/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>

#include "absl/random/random.h"
#include "absl/status/status.h"

namespace duroxide::conformance {
namespace {

// Servers of common programs have the ports below by habit.
constexpr int kLowest = 10'000;

// So many that none of them is free only where hardly any is.
constexpr int kAttempts = 100;

constexpr int kAny = 0;

// The first port that an outgoing connection may get; 0 where it is not known.
int FirstEphemeralPort() {
  int first = 0;
  std::ifstream("/proc/sys/net/ipv4/ip_local_port_range") >> first;
  return first;
}

// `port`, or for kAny one that the system picks; 0 where it is not free.
int PortIfFree(int port) {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool free = socket_fd >= 0 && bind(socket_fd, any, size) == 0 &&
                    getsockname(socket_fd, any, &size) == 0;
  if (socket_fd >= 0) close(socket_fd);
  return free ? ntohs(address.sin_port) : 0;
}

}  // namespace

absl::StatusOr<int> FreePort() {
  absl::BitGen random;
  const int end = FirstEphemeralPort();
  for (int attempt = 0; end > kLowest && attempt < kAttempts; ++attempt) {
    const int port = PortIfFree(absl::Uniform(random, kLowest, end));
    if (port != 0) return port;
  }
  if (const int port = PortIfFree(kAny); port != 0) return port;
  return absl::UnavailableError("there is no free port");
}

}  // namespace duroxide::conformance
