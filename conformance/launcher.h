#ifndef DUROXIDE_CONFORMANCE_LAUNCHER_H_
#define DUROXIDE_CONFORMANCE_LAUNCHER_H_

// Providers that the runner itself starts.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace duroxide::conformance {

// A provider with data of its own. Ends with this object, which removes the
// data. Thread-safe.
class LaunchedProvider {
 public:
  virtual ~LaunchedProvider() = default;

  // Where it serves, for clients; the same after a restart.
  virtual const std::string& endpoint() const = 0;

  // Its process, 0 where it has none of its own. Another after a restart.
  virtual int64_t pid() const { return 0; }

  // Ends it, without a warning where it is a process, starts it again on its
  // data, and blocks until it serves or `stop` stops. An error where it does
  // not serve.
  virtual absl::Status Restart(const std::stop_token& stop) = 0;

  // How much it has written to its standard output and error so far, in bytes,
  // and what it has written from there on; of much only the end.
  virtual size_t OutputSize() const = 0;
  virtual std::string OutputSince(size_t position) const = 0;
};

class Launcher {
 public:
  virtual ~Launcher() = default;

  // Starts a provider, and blocks until it serves or `stop` stops. The message
  // of an error is for the user. Thread-safe.
  virtual absl::StatusOr<std::unique_ptr<LaunchedProvider>> Launch(
      const std::stop_token& stop) = 0;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LAUNCHER_H_
