#ifndef DUROXIDE_SERVER_LIBRARY_LOGS_H_
#define DUROXIDE_SERVER_LIBRARY_LOGS_H_

#include "logging/log.h"

namespace duroxide::server {

// Sends what gRPC and Protobuf say of themselves to `logger`, at debug: what
// matters of it comes back from their calls and is told once, in our words.
// For the whole process; `logger` must outlive it.
void RouteLibraryLogs(Logger& logger);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_LIBRARY_LOGS_H_
