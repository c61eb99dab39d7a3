#ifndef DUROXIDE_TESTS_SUPPORT_LATENCY_PROXY_H_
#define DUROXIDE_TESTS_SUPPORT_LATENCY_PROXY_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

namespace duroxide::testing_support {

// How long the proxy keeps what it passes on.
struct Latency {
  std::chrono::milliseconds mean{0};
  // Each delay is within mean * (1 - spread) and mean * (1 + spread).
  double spread = 0.2;
  uint32_t seed = 1;
};

// A slow network between a client and a server on unix sockets: whatever comes
// in leaves later, in both directions. Order is kept, as a connection does, and
// the bandwidth is not limited. Has one thread; ends all connections with
// itself.
class LatencyProxy {
 public:
  // Listens on the path `listen` and connects to the path `target`, once for
  // each client. Aborts where it cannot listen.
  LatencyProxy(std::string listen, std::string target, Latency latency);
  LatencyProxy(const LatencyProxy&) = delete;
  LatencyProxy& operator=(const LatencyProxy&) = delete;
  ~LatencyProxy();

  // For clients: unix:PATH.
  std::string endpoint() const { return "unix:" + listen_; }

 private:
  void Run();

  const std::string listen_;
  const std::string target_;
  const Latency latency_;
  int listener_ = -1;
  int stop_ = -1;  // readable once the proxy is to end
  std::thread thread_;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_LATENCY_PROXY_H_
