#ifndef DUROXIDE_TESTS_SUPPORT_PROMETHEUS_H_
#define DUROXIDE_TESTS_SUPPORT_PROMETHEUS_H_

#include <memory>
#include <optional>
#include <string>

#include "tests/support/child_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::testing_support {

// A real Prometheus that scrapes one target twice a second, on
// loopback, with data of its own. Needs the Debian package prometheus.
class Prometheus {
 public:
  // Starts it; `target` is HOST:PORT. Throws std::runtime_error, with what it
  // wrote, where it does not start.
  explicit Prometheus(const std::string& target);
  ~Prometheus();

  // The value of a query that has one; nothing where it has none.
  std::optional<double> Query(const std::string& promql) const;

 private:
  TempDir folder_;
  std::unique_ptr<ChildProcess> process_;
  int port_ = 0;
};

// What `promtool check metrics` says of a text of metrics, and an empty text
// where it has nothing to say.
std::string CheckMetrics(const std::string& text);

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_PROMETHEUS_H_
