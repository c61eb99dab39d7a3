#ifndef DUROXIDE_PROVIDERS_REMOTE_REQUEST_ID_H_
#define DUROXIDE_PROVIDERS_REMOTE_REQUEST_ID_H_

#include <string>

#include "absl/time/time.h"

namespace duroxide::remote {

// A request id that nobody else makes (WIRE-7): a UUID of version 7, whose text
// begins with the milliseconds of `now`. Ids of one time sort together, so that
// a store appends them to its index. Thread-safe.
std::string MakeRequestId(absl::Time now);

}  // namespace duroxide::remote

#endif  // DUROXIDE_PROVIDERS_REMOTE_REQUEST_ID_H_
