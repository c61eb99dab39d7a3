#include "providers/endpoint.h"

#include <sys/un.h>

#include <charconv>

#include "absl/strings/str_cat.h"

namespace duroxide {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr size_t kMaxUnixPath = sizeof(sockaddr_un::sun_path) - 1;
constexpr int kMaxPort = 65535;

absl::Status Malformed(std::string_view text, const std::string& problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("\"", std::string(text), "\" ", problem,
                   "; give HOST:PORT or unix:PATH"));
}

absl::StatusOr<Endpoint> ParseUnix(std::string_view text) {
  Endpoint endpoint;
  endpoint.unix_path = text.substr(kUnixPrefix.size());
  if (endpoint.unix_path.empty()) return Malformed(text, "names no path");
  if (endpoint.unix_path.size() > kMaxUnixPath) {
    return Malformed(text, absl::StrCat("is too long: a socket's path has at "
                                        "most ",
                                        kMaxUnixPath, " bytes"));
  }
  return endpoint;
}

}  // namespace

std::string Endpoint::ToString() const {
  if (is_unix()) return std::string(kUnixPrefix) + unix_path;
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return is_ipv6 ? absl::StrCat("[", host, "]:", port)
                 : absl::StrCat(host, ":", port);
}

absl::StatusOr<Endpoint> ParseEndpoint(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return ParseUnix(text);

  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return Malformed(text, "has no port");
  Endpoint endpoint;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return Malformed(text,
                     "has more than one colon; an IPv6 address goes in "
                     "brackets");
  }
  if (host.empty()) return Malformed(text, "has no host");
  endpoint.host = host;

  const std::string_view port = text.substr(colon + 1);
  const auto [end, error] =
      std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  if (error != std::errc() || end != port.data() + port.size() ||
      endpoint.port < 0 || endpoint.port > kMaxPort) {
    return Malformed(text, "has no port between 0 and 65535");
  }
  return endpoint;
}

}  // namespace duroxide
