#ifndef DUROXIDE_CONFORMANCE_OWN_ROOMS_H_
#define DUROXIDE_CONFORMANCE_OWN_ROOMS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "conformance/launcher.h"
#include "conformance/room.h"

namespace duroxide::conformance {

// Makes a client of an endpoint.
using Connector = std::function<absl::StatusOr<std::shared_ptr<Provider>>(
    const std::string& endpoint)>;

// Each room is a provider of its own, launched for it, that may be restarted
// (--isolation=spawn, and what cases with `restarts` need).
class OwnRooms final : public Rooms {
 public:
  // `launcher` outlives the rooms.
  OwnRooms(Launcher& launcher, Connector connect)
      : launcher_(launcher), connect_(std::move(connect)) {}

  Opened Open(const Case& of, const std::stop_token& stop) override;

 private:
  class OwnRoom;

  Launcher& launcher_;
  const Connector connect_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_OWN_ROOMS_H_
