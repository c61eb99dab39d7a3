#include "tests/support/http_sink.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace duroxide::testing_support {

HttpSink::HttpSink(std::string status) : status_(std::move(status)) {
  listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listening_, 8) != 0 ||
      getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size) !=
          0) {
    throw std::runtime_error("cannot listen on loopback");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

HttpSink::~HttpSink() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  ended_.notify_all();
  // Wakes accept.
  shutdown(listening_, SHUT_RDWR);
  thread_.join();
  close(listening_);
}

std::vector<std::string> HttpSink::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpSink::Serve() {
  for (;;) {
    const int connection = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    Handle(connection);
    close(connection);
  }
}

void HttpSink::Handle(int connection) {
  std::string request;
  std::array<char, 4096> buffer{};
  const auto complete = [&request] {
    const std::string length_header = "Content-Length: ";
    const size_t body = request.find("\r\n\r\n");
    if (body == std::string::npos) return false;
    // Without a length there is no body.
    const size_t length = request.find(length_header);
    if (length > body) return true;
    return request.size() >=
           body + 4 + std::stoul(request.substr(length + length_header.size()));
  };
  while (!complete()) {
    const ssize_t size = recv(connection, buffer.data(), buffer.size(), 0);
    if (size <= 0) return;
    request.append(buffer.data(), static_cast<size_t>(size));
  }
  std::unique_lock lock(mutex_);
  requests_.push_back(request);
  if (status_.empty()) {
    ended_.wait(lock, [this] { return ending_; });
    return;
  }
  lock.unlock();
  const std::string answer = "HTTP/1.1 " + status_ +
                             "\r\nContent-Length: 0\r\nConnection: "
                             "close\r\n\r\n";
  send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

}  // namespace duroxide::testing_support
