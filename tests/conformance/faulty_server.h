#ifndef DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_
#define DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "conformance/launcher.h"
#include "server/server.h"
#include "tests/conformance/faults.h"
#include "tests/conformance/faulty_provider.h"
#include "tests/support/temp_dir.h"

namespace duroxide::conformance {

// The SQLite provider behind hooks, behind a server on a unix socket.
class FaultyServer final : public LaunchedProvider {
 public:
  // `hooks` makes those of the provider, anew after a restart unless
  // `after_restart` has its own.
  explicit FaultyServer(std::function<FaultHooks()> hooks,
                        RestartFault after_restart = {});
  ~FaultyServer() override { Stop(); }

  const std::string& endpoint() const override { return endpoint_; }
  absl::Status Restart(const std::stop_token& stop) override;
  size_t OutputSize() const override { return 0; }
  std::string OutputSince(size_t /*position*/) const override { return ""; }

 private:
  void Start();
  void Stop();

  const testing_support::TempDir folder_;
  const std::string endpoint_;
  const RestartFault after_restart_;
  std::function<FaultHooks()> hooks_;
  std::string database_;
  // In the order in which they need each other.
  std::unique_ptr<Provider> working_;
  std::unique_ptr<FaultyProvider> faulty_;
  std::unique_ptr<server::ProviderServer> server_;
};

// Launches servers that are at fault all in the same way.
class FaultyLauncher final : public Launcher {
 public:
  explicit FaultyLauncher(std::function<FaultHooks()> hooks,
                          RestartFault after_restart = {})
      : hooks_(std::move(hooks)), after_restart_(after_restart) {}

  absl::StatusOr<std::unique_ptr<LaunchedProvider>> Launch(
      const std::stop_token& /*stop*/) override {
    return std::make_unique<FaultyServer>(hooks_, after_restart_);
  }

 private:
  const std::function<FaultHooks()> hooks_;
  const RestartFault after_restart_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FAULTY_SERVER_H_
