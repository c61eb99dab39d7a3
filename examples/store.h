#ifndef DUROXIDE_EXAMPLES_STORE_H_
#define DUROXIDE_EXAMPLES_STORE_H_

// Where the examples keep their instances.

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "providers/provider.h"
#include "providers/remote/remote_provider.h"
#include "providers/sqlite/sqlite_provider.h"

// The endpoint that the command line names, HOST:PORT or unix:PATH; without one
// a store of the process's own.
inline absl::StatusOr<std::shared_ptr<duroxide::Provider>> OpenStore(
    int argc, char** argv) {
  auto provider =
      argc > 1 ? duroxide::remote::MakeRemoteProvider(
                     {.endpoint = argv[1], .add_request_ids = true})
               : duroxide::sqlite::OpenSqliteProvider({.database = ":memory:"});
  if (!provider.ok()) return provider.status();
  return std::shared_ptr<duroxide::Provider>(*std::move(provider));
}

#endif  // DUROXIDE_EXAMPLES_STORE_H_
