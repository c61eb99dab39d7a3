#ifndef DUROXIDE_TESTS_E2E_RUNTIME_ENGINE_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_ENGINE_H_

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace duroxide::e2e {

// What is behind the endpoint that a runtime works on.
enum class Engine { kSqlite, kPython };

// "Sqlite" or "Python".
std::string NameOf(Engine engine);
inline void PrintTo(Engine engine, std::ostream* out) {
  *out << NameOf(engine);
}

// Those that this build tests.
std::vector<Engine> TestedEngines();

// A provider's process, with its store in a file. Ends with this object. Not
// thread-safe.
class ProviderProcess {
 public:
  virtual ~ProviderProcess() = default;

  // Where it can be called. Blocks until it serves.
  virtual std::string endpoint() = 0;

  // Kills it with SIGKILL and waits until it is gone.
  virtual void Kill() = 0;
};

// Starts one on a unix socket and a file in `dir`, the same each time: after
// Kill it goes on where it was.
std::unique_ptr<ProviderProcess> StartProvider(
    Engine engine, const testing_support::TempDir& dir);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_ENGINE_H_
