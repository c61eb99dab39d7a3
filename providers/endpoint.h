#ifndef DUROXIDE_PROVIDERS_ENDPOINT_H_
#define DUROXIDE_PROVIDERS_ENDPOINT_H_

// Where a provider listens, as people write it.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace duroxide {

// HOST:PORT (an IPv6 address in brackets), or unix:PATH.
struct Endpoint {
  std::string host;  // without brackets; empty for a unix socket
  int port = 0;
  std::string unix_path;  // empty for HOST:PORT

  bool is_unix() const { return !unix_path.empty(); }
  std::string ToString() const;
};

// INVALID_ARGUMENT with a message that says what is wrong with the text. Port 0
// is well formed: it asks a server to pick a free one.
absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text);

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_ENDPOINT_H_
