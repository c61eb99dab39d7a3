#ifndef DUROXIDE_SERVER_SERVER_H_
#define DUROXIDE_SERVER_SERVER_H_

// A Provider behind gRPC: the contract's services, health and reflection.

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::server {

class CallObserver;  // server/call_observer.h

struct ServerOptions {
  // HOST:PORT (port 0 picks a free one), or unix:PATH.
  std::string listen;
  // The largest request or reply (WIRE-8), in bytes.
  uint64_t max_message_bytes = uint64_t{64} << 20;
  // Serve ProviderTestService, which can destroy work.
  bool test_service = false;
  // Told about every call; may be null, must outlive the server.
  CallObserver* observer = nullptr;
};

// Serves from its start until Shutdown or destruction.
class ProviderServer {
 public:
  virtual ~ProviderServer() = default;

  // Where it listens, as a client would name it: the port that was picked, or
  // unix:PATH.
  virtual const std::string& endpoint() const = 0;

  // Ends service in order: health goes to NOT_SERVING, waiting fetches return
  // with no items, accepted calls finish. Blocks until then. Calls that are
  // still there after `grace` are cancelled. May be called more than once.
  virtual void Shutdown(absl::Duration grace) = 0;
};

// Starts a server for `provider`, which must outlive it. UNAVAILABLE where the
// address is in use or cannot be bound, INVALID_ARGUMENT where it is malformed;
// the message names it.
absl::StatusOr<std::unique_ptr<ProviderServer>> StartServer(
    Provider& provider, ServerOptions options);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SERVER_H_
