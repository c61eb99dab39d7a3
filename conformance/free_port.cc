#include "conformance/free_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/status/status.h"

namespace duroxide::conformance {

absl::StatusOr<int> FreePort() {
  const int socket_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool found = socket_fd >= 0 && bind(socket_fd, any, size) == 0 &&
                     getsockname(socket_fd, any, &size) == 0;
  if (socket_fd >= 0) close(socket_fd);
  if (!found) return absl::UnavailableError("there is no free port");
  return ntohs(address.sin_port);
}

}  // namespace duroxide::conformance
