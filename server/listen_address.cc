#include "server/listen_address.h"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace duroxide::server {
namespace {

// A file descriptor that is closed in the end.
class Socket {
 public:
  Socket(int family, int type) : fd_(socket(family, type | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

 private:
  const int fd_;
};

absl::Status CannotListen(const Endpoint& address, const std::string& why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address.ToString(), ": ", why));
}

absl::Status CannotListen(const Endpoint& address, int error) {
  if (error == EADDRINUSE) {
    return CannotListen(address,
                        "the address is in use; stop the other program or "
                        "choose another address");
  }
  return CannotListen(address, std::generic_category().message(error));
}

sockaddr_un NameOf(const Endpoint& address) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, address.unix_path.c_str(),
              address.unix_path.size() + 1);
  return name;
}

absl::Status CheckUnix(const Endpoint& address) {
  const sockaddr_un name = NameOf(address);
  const auto* generic = reinterpret_cast<const sockaddr*>(&name);
  const Socket socket(AF_UNIX, SOCK_STREAM);
  struct stat file {};
  if (lstat(name.sun_path, &file) != 0) {
    if (errno != ENOENT) return CannotListen(address, errno);
    if (bind(socket.fd(), generic, sizeof(name)) != 0) {
      return CannotListen(address, errno);
    }
    unlink(name.sun_path);
    return absl::OkStatus();
  }
  if (!S_ISSOCK(file.st_mode)) {
    return CannotListen(address,
                        "the file is there and is not a socket; choose another "
                        "path");
  }
  if (connect(socket.fd(), generic, sizeof(name)) == 0) {
    return CannotListen(address, EADDRINUSE);
  }
  return errno == ECONNREFUSED ? absl::OkStatus()
                               : CannotListen(address, errno);
}

absl::Status CheckTcp(const Endpoint& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error =
          getaddrinfo(address.host.c_str(),
                      std::to_string(address.port).c_str(), &hints, &found);
      error != 0) {
    return CannotListen(address, gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 &freeaddrinfo);
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    const Socket socket(next->ai_family, next->ai_socktype);
    const int yes = 1;
    setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(socket.fd(), next->ai_addr, next->ai_addrlen) != 0) {
      // Of several addresses of a name, some may not exist on this machine.
      if (errno == EADDRNOTAVAIL && next->ai_next != nullptr) continue;
      return CannotListen(address, errno);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCanListen(const Endpoint& address) {
  return address.is_unix() ? CheckUnix(address) : CheckTcp(address);
}

}  // namespace duroxide::server
