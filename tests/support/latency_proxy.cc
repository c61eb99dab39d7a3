#include "tests/support/latency_proxy.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <iostream>
#include <list>
#include <random>
#include <utility>
#include <vector>

namespace duroxide::testing_support {
namespace {

using Clock = std::chrono::steady_clock;

// A socket; closed with this object.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }
  int fd() const { return fd_; }

 private:
  int fd_;
};

Socket NewSocket() {
  return Socket(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

void DoNotBlock(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

bool WouldBlock() { return errno == EAGAIN || errno == EINTR; }

// Draws a delay for whatever is passed on.
class Delays {
 public:
  explicit Delays(const Latency& latency)
      : random_(latency.seed),
        factor_(1 - latency.spread, 1 + latency.spread),
        mean_(latency.mean) {}

  Clock::duration Next() {
    return std::chrono::duration_cast<Clock::duration>(mean_ *
                                                       factor_(random_));
  }

 private:
  std::mt19937 random_;
  std::uniform_real_distribution<double> factor_;
  const std::chrono::duration<double> mean_;
};

// One direction of a connection.
class Pipe {
 public:
  Pipe(int from, int to) : from_(from), to_(to) {}

  int from() const { return from_; }
  int to() const { return to_; }
  bool reads() const { return !at_end_; }
  bool done() const { return at_end_ && chunks_.empty(); }

  // When the next bytes are to leave.
  Clock::time_point due() const {
    return chunks_.empty() ? Clock::time_point::max() : chunks_.front().due;
  }

  // Takes in what is there. False where the connection is broken.
  bool Read(Delays& delays) {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(from_, buffer.data(), buffer.size(), 0);
    if (size < 0) return WouldBlock();
    at_end_ = size == 0;
    if (at_end_ && chunks_.empty()) shutdown(to_, SHUT_WR);
    if (at_end_) return true;
    latest_ = std::max(latest_, Clock::now() + delays.Next());
    chunks_.push_back({latest_, {buffer.data(), static_cast<size_t>(size)}});
    return true;
  }

  // Sends on what is due. False where the connection is broken.
  bool Write(Clock::time_point now) {
    while (due() <= now) {
      std::string& bytes = chunks_.front().bytes;
      const ssize_t size = send(to_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size < 0) return WouldBlock();
      bytes.erase(0, static_cast<size_t>(size));
      if (!bytes.empty()) return true;
      chunks_.pop_front();
    }
    if (done()) shutdown(to_, SHUT_WR);
    return true;
  }

 private:
  struct Chunk {
    Clock::time_point due;
    std::string bytes;
  };

  const int from_;
  const int to_;
  bool at_end_ = false;
  std::deque<Chunk> chunks_;
  // When the last chunk leaves: none overtakes another.
  Clock::time_point latest_;
};

// A client, the server's side of it, and both directions between them.
class Connection {
 public:
  Connection(Socket client, Socket server)
      : client_(std::move(client)),
        server_(std::move(server)),
        pipes_{Pipe(client_.fd(), server_.fd()),
               Pipe(server_.fd(), client_.fd())} {
    DoNotBlock(client_.fd());
    DoNotBlock(server_.fd());
  }

  // Adds what it waits for, and brings forward the moment of the next look.
  void Ask(std::vector<pollfd>& polled, Clock::time_point& next) const {
    const Clock::time_point now = Clock::now();
    for (const Pipe& pipe : pipes_) {
      if (pipe.reads()) {
        polled.push_back({.fd = pipe.from(), .events = POLLIN, .revents = 0});
      }
      if (pipe.due() <= now) {
        polled.push_back({.fd = pipe.to(), .events = POLLOUT, .revents = 0});
      } else {
        next = std::min(next, pipe.due());
      }
    }
  }

  // Passes on what is there and what is due. False at its end.
  bool Go(Delays& delays) {
    bool done = true;
    for (Pipe& pipe : pipes_) {
      if (pipe.reads() && !pipe.Read(delays)) return false;
      if (!pipe.Write(Clock::now())) return false;
      done = done && pipe.done();
    }
    return !done;
  }

 private:
  const Socket client_;
  const Socket server_;
  std::array<Pipe, 2> pipes_;
};

// Until `next`, in poll's milliseconds; rounded up, so that it never spins.
int TimeoutUntil(Clock::time_point next) {
  if (next == Clock::time_point::max()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(next - Clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

}  // namespace

LatencyProxy::LatencyProxy(std::string listen, std::string target,
                           Latency latency)
    : listen_(std::move(listen)),
      target_(std::move(target)),
      latency_(latency) {
  const sockaddr_un address = AddressOf(listen_);
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  stop_ = eventfd(0, EFD_CLOEXEC);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0 ||
      ::listen(listener_, SOMAXCONN) != 0) {
    std::cerr << "the proxy cannot listen on " << listen_ << ": "
              << std::strerror(errno) << std::endl;
    std::abort();
  }
  DoNotBlock(listener_);
  thread_ = std::thread([this] { Run(); });
}

LatencyProxy::~LatencyProxy() {
  eventfd_write(stop_, 1);
  thread_.join();
  close(listener_);
  close(stop_);
}

void LatencyProxy::Run() {
  Delays delays(latency_);
  std::list<Connection> connections;
  while (true) {
    std::vector<pollfd> polled = {
        {.fd = stop_, .events = POLLIN, .revents = 0},
        {.fd = listener_, .events = POLLIN, .revents = 0}};
    Clock::time_point next = Clock::time_point::max();
    for (const Connection& one : connections) one.Ask(polled, next);
    poll(polled.data(), polled.size(), TimeoutUntil(next));
    if (polled[0].revents != 0) return;

    if (Socket client(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
        client.fd() >= 0) {
      Socket server = NewSocket();
      const sockaddr_un address = AddressOf(target_);
      if (connect(server.fd(), reinterpret_cast<const sockaddr*>(&address),
                  sizeof(address)) == 0) {
        connections.emplace_back(std::move(client), std::move(server));
      }
    }
    connections.remove_if([&](Connection& one) { return !one.Go(delays); });
  }
}

}  // namespace duroxide::testing_support
