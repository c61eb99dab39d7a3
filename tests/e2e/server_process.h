#ifndef DUROXIDE_TESTS_E2E_SERVER_PROCESS_H_
#define DUROXIDE_TESTS_E2E_SERVER_PROCESS_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"
#include "providers/remote/remote_provider.h"
#include "tests/support/child_process.h"

namespace duroxide::e2e {

// A free port of the loopback interface, picked by the server.
inline constexpr const char* kAnyPort = "127.0.0.1:0";

// A duroxide-provider with the SQLite engine, as a process of its own. Ends
// with this object and with the thread that made it. Not thread-safe.
class ServerProcess {
 public:
  // Starts it; `listen` is HOST:PORT or unix:PATH, `flags` are further ones.
  ServerProcess(const std::string& database, const std::string& listen,
                const std::vector<std::string>& flags = {});

  // Where the test has failed, shows what the server wrote. Fails the test
  // where a sanitizer has found something in the server.
  ~ServerProcess();

  // Blocks until it serves. A failure of the test where it ends instead.
  void WaitUntilServing();

  // Where it listens. Waits until it serves.
  const std::string& endpoint();

  // The value of a metric, by its name and labels as /metrics writes them;
  // std::nullopt where there is none.
  std::optional<double> Metric(std::string_view series);

  // Blocks until just `count` fetches wait for work on the queue,
  // "orchestrator" or "worker".
  void WaitForLongPolls(std::string_view queue, int count);

  // Blocks until it has opened the file, or has ended.
  void WaitUntilOpen(const std::string& file) const;

  // The number of its threads now, without those that serve /metrics.
  int ThreadCount() const;

  void Signal(int signal) const { process_.Signal(signal); }

  // Kills it with SIGKILL and waits until it is gone.
  void Kill();

  // Its exit code, or minus the signal that killed it; waits for its end.
  int WaitForExit() { return process_.Wait(); }

 private:
  testing_support::ChildProcess process_;
  std::string endpoint_;
  int metrics_port_ = 0;
};

// A client with a channel of its own; without retries unless `options` says so.
std::unique_ptr<Provider> Connect(const std::string& endpoint,
                                  remote::RemoteOptions options = {
                                      .retry = {.max_attempts = 1}});

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_SERVER_PROCESS_H_
