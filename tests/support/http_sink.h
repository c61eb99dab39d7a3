#ifndef DUROXIDE_TESTS_SUPPORT_HTTP_SINK_H_
#define DUROXIDE_TESTS_SUPPORT_HTTP_SINK_H_

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace duroxide::testing_support {

// An HTTP server on loopback that keeps what it is sent, one connection at a
// time, and answers all alike.
class HttpSink {
 public:
  // `status` is what it answers, such as "200 OK"; with "" it never does.
  explicit HttpSink(std::string status);
  HttpSink(const HttpSink&) = delete;
  HttpSink& operator=(const HttpSink&) = delete;
  ~HttpSink();

  int port() const { return port_; }
  // All requests so far, with headers and body.
  std::vector<std::string> requests() const;

 private:
  void Serve();
  void Handle(int connection);

  const std::string status_;
  int listening_ = -1;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  bool ending_ = false;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_HTTP_SINK_H_
