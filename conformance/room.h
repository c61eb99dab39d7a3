#ifndef DUROXIDE_CONFORMANCE_ROOM_H_
#define DUROXIDE_CONFORMANCE_ROOM_H_

// Where a run of a case takes place.

#include <memory>
#include <stop_token>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "conformance/case.h"
#include "conformance/result.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A provider, and in it a store, that nobody else uses at the moment. Cleaned
// up with this object. Thread-safe.
class Room {
 public:
  virtual ~Room() = default;

  // The provider; never null. A restart puts another client in its place, so
  // every call asks anew, and holds what it got until it has its answer.
  virtual std::shared_ptr<Provider> provider() = 0;

  // The name of the store; empty is the default one.
  virtual const std::string& store() const = 0;

  // Ends the provider, without a warning where it is a process, starts it again
  // on what it has stored, and blocks until it serves. FAILED_PRECONDITION
  // where the runner did not start it; else why it does not serve again.
  virtual absl::Status Restart(const std::stop_token& stop) = 0;

  // What the provider's process has written since the room was opened; empty
  // where the runner did not start one.
  virtual std::string ProviderOutput() const = 0;
};

// Why a case cannot be judged here; it is skipped for that reason.
struct CannotJudge {
  std::string why;
};

// Makes rooms. Thread-safe.
class Rooms {
 public:
  virtual ~Rooms() = default;

  // A room for one run of `of`. A failure where the provider has none to give,
  // as it should. `stop` ends what takes long.
  using Opened = std::variant<std::unique_ptr<Room>, Failure, CannotJudge>;
  virtual Opened Open(const Case& of, const std::stop_token& stop) = 0;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_ROOM_H_
