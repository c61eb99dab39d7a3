#ifndef DUROXIDE_TESTS_SUPPORT_HTTP_GET_H_
#define DUROXIDE_TESTS_SUPPORT_HTTP_GET_H_

#include <string>

namespace duroxide::testing_support {

// What http://127.0.0.1:PORT`path` answers, headers and all; "" where nobody
// answers.
std::string HttpGet(int port, const std::string& path);

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_HTTP_GET_H_
