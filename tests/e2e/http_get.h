#ifndef DUROXIDE_TESTS_E2E_HTTP_GET_H_
#define DUROXIDE_TESTS_E2E_HTTP_GET_H_

#include <string>

namespace duroxide::e2e {

// The whole answer, headers and all, of the HTTP server at `address`, an IPv4
// HOST:PORT. Empty where nobody answers.
std::string HttpGet(const std::string& address, const std::string& path);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_HTTP_GET_H_
