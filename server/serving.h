#ifndef DUROXIDE_SERVER_SERVING_H_
#define DUROXIDE_SERVER_SERVING_H_

#include <cstdint>

#include "providers/provider.h"
#include "server/call_gate.h"
#include "server/call_observer.h"

namespace duroxide::server {

// What the calls of one server share. It outlives them.
struct Serving {
  Provider& provider;
  uint64_t max_message_bytes;
  CallObserver* observer;  // may be null
  CallGate gate;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SERVING_H_
