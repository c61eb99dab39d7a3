#include "conformance/embedded.h"

#include <mutex>
#include <utility>

#include "conformance/temporary_folder.h"
#include "conformance/text.h"
#include "providers/sqlite/sqlite_provider.h"
#include "server/server.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(5);

class EmbeddedSqlite final : public LaunchedProvider {
 public:
  // The database is `file`, or one in the folder where that is empty.
  EmbeddedSqlite(std::unique_ptr<TemporaryFolder> folder,
                 const std::string& file)
      : folder_(std::move(folder)),
        database_(file.empty() ? folder_->File("provider.db") : file),
        endpoint_(Concat("unix:", folder_->File("socket"))) {}

  ~EmbeddedSqlite() override { Stop(); }

  const std::string& endpoint() const override { return endpoint_; }

  absl::Status Start() {
    const std::lock_guard lock(mutex_);
    auto provider =
        sqlite::OpenSqliteProvider({.database = database_, .test_hooks = true});
    if (!provider.ok()) return provider.status();
    auto server = server::StartServer(
        **provider, {.listen = endpoint_, .test_service = true});
    if (!server.ok()) return server.status();
    provider_ = *std::move(provider);
    server_ = *std::move(server);
    return absl::OkStatus();
  }

  absl::Status Restart(const std::stop_token& /*stop*/) override {
    Stop();
    return Start();
  }

  // It is no process of its own.
  size_t OutputSize() const override { return 0; }
  std::string OutputSince(size_t /*position*/) const override { return ""; }

 private:
  void Stop() {
    const std::lock_guard lock(mutex_);
    if (server_ != nullptr) server_->Shutdown(kGrace);
    server_.reset();
    provider_.reset();
  }

  const std::unique_ptr<TemporaryFolder> folder_;
  const std::string database_;
  const std::string endpoint_;
  std::mutex mutex_;
  // In the order in which they need each other.
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<server::ProviderServer> server_;
};

class EmbeddedLauncher final : public Launcher {
 public:
  explicit EmbeddedLauncher(std::string file) : file_(std::move(file)) {}

  absl::StatusOr<std::unique_ptr<LaunchedProvider>> Launch(
      const std::stop_token& /*stop*/) override {
    auto folder = TemporaryFolder::Make();
    if (!folder.ok()) return folder.status();
    auto provider =
        std::make_unique<EmbeddedSqlite>(*std::move(folder), TakeFile());
    if (absl::Status started = provider->Start(); !started.ok()) {
      return started;
    }
    return provider;
  }

 private:
  std::string TakeFile() {
    const std::lock_guard lock(mutex_);
    return std::exchange(file_, "");
  }

  std::mutex mutex_;
  // The user's own; empty once it is in use.
  std::string file_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Launcher>> MakeEmbeddedLauncher(
    std::string_view spec) {
  constexpr std::string_view kName = "sqlite";
  std::string_view file = spec;
  const bool known = file.starts_with(kName);
  if (known) file.remove_prefix(kName.size());
  if (!known || (!file.empty() && (file[0] != ':' || file.size() == 1))) {
    return absl::InvalidArgumentError(
        Concat("--embedded ", spec, ": give sqlite or sqlite:FILE"));
  }
  return std::make_unique<EmbeddedLauncher>(
      std::string(file.empty() ? file : file.substr(1)));
}

}  // namespace duroxide::conformance
