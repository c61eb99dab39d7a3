// Uses every library of the installed package: serves a SQLite provider, calls
// it as a client does, and prints its name.

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "duroxide/provider/v1/provider_service.grpc.pb.h"
#include "providers/await.h"
#include "providers/remote/remote_provider.h"
#include "providers/sqlite/sqlite_provider.h"
#include "runtime/client.h"
#include "server/server.h"

namespace {

absl::StatusOr<std::string> AskForName() {
  auto engine = duroxide::sqlite::OpenSqliteProvider({.database = ":memory:"});
  if (!engine.ok()) return engine.status();
  auto server =
      duroxide::server::StartServer(**engine, {.listen = "127.0.0.1:0"});
  if (!server.ok()) return server.status();
  auto remote =
      duroxide::remote::MakeRemoteProvider({.endpoint = (*server)->endpoint()});
  if (!remote.ok()) return remote.status();
  auto info = duroxide::Await(**remote, &duroxide::Provider::GetProviderInfo,
                              duroxide::v1::GetProviderInfoRequest());
  if (!info.ok()) return info.status();
  duroxide::runtime::Client client(
      std::shared_ptr<duroxide::Provider>(*std::move(remote)));
  if (auto status = client.GetStatus("nobody"); !status.ok()) {
    return status.status();
  }
  return info->name();
}

}  // namespace

int main() {
  const absl::StatusOr<std::string> name = AskForName();
  if (!name.ok()) {
    std::cerr << name.status() << "\n";
    return 1;
  }
  std::cout << *name << " as "
            << duroxide::v1::ProviderService::service_full_name() << "\n";
  return *name == "sqlite" ? 0 : 1;
}
