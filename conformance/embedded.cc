#include "conformance/embedded.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "conformance/text.h"
#include "providers/sqlite/sqlite_provider.h"
#include "server/server.h"

namespace duroxide::conformance {
namespace {

constexpr absl::Duration kGrace = absl::Seconds(5);

// A folder of its own, removed with all that is in it.
class TemporaryFolder {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryFolder>> Make() {
    std::error_code error;
    std::string path =
        std::filesystem::temp_directory_path(error) / "duroxide-compat-XXXXXX";
    if (error || mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(Concat(
          "cannot make a temporary folder ", path, ": ",
          (error ? error : std::error_code(errno, std::system_category()))
              .message(),
          "; TMPDIR names the folder for it"));
    }
    return std::unique_ptr<TemporaryFolder>(
        new TemporaryFolder(std::move(path)));
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string File(std::string_view name) const {
    return Concat(path_, "/", name);
  }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  const std::string path_;
};

class EmbeddedSqlite final : public EmbeddedProvider {
 public:
  EmbeddedSqlite(std::unique_ptr<TemporaryFolder> folder,
                 std::unique_ptr<Provider> provider,
                 std::unique_ptr<server::ProviderServer> server)
      : folder_(std::move(folder)),
        provider_(std::move(provider)),
        server_(std::move(server)) {}

  ~EmbeddedSqlite() override { server_->Shutdown(kGrace); }

  const std::string& endpoint() const override { return server_->endpoint(); }

 private:
  // In the order in which they need each other.
  std::unique_ptr<TemporaryFolder> folder_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<server::ProviderServer> server_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<EmbeddedProvider>> StartEmbedded(
    std::string_view spec) {
  constexpr std::string_view kName = "sqlite";
  std::string_view file = spec;
  const bool known = file.starts_with(kName);
  if (known) file.remove_prefix(kName.size());
  if (!known || (!file.empty() && (file[0] != ':' || file.size() == 1))) {
    return absl::InvalidArgumentError(
        Concat("--embedded ", spec, ": give sqlite or sqlite:FILE"));
  }
  auto folder = TemporaryFolder::Make();
  if (!folder.ok()) return folder.status();
  auto provider = sqlite::OpenSqliteProvider(
      {.database = file.empty() ? (*folder)->File("provider.db")
                                : std::string(file.substr(1)),
       .test_hooks = true});
  if (!provider.ok()) return provider.status();
  auto server = server::StartServer(
      **provider, {.listen = Concat("unix:", (*folder)->File("socket")),
                   .test_service = true});
  if (!server.ok()) return server.status();
  return std::make_unique<EmbeddedSqlite>(
      *std::move(folder), *std::move(provider), *std::move(server));
}

}  // namespace duroxide::conformance
