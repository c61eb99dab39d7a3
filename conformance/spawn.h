#ifndef DUROXIDE_CONFORMANCE_SPAWN_H_
#define DUROXIDE_CONFORMANCE_SPAWN_H_

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/launcher.h"

namespace duroxide::conformance {

// Asks once whether the contract is served at the endpoint. An error where it
// is not, or not yet.
using CheckServes = std::function<absl::Status(const std::string& endpoint)>;

// Starts providers as processes of the user's shell command (--spawn). In it
// stand, and are replaced for each process:
//
//   {listen}  unix:PATH, where it is to serve
//   {port}    a free port, where it is to serve on 127.0.0.1, for providers
//             that know no unix sockets
//   {data}    a path for its data, where nothing is at first
//
// INVALID_ARGUMENT where the command has not just one of {listen} and {port}.
absl::StatusOr<std::unique_ptr<Launcher>> MakeSpawnLauncher(std::string command,
                                                            CheckServes serves);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_SPAWN_H_
