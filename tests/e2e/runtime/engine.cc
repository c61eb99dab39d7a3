#include "tests/e2e/runtime/engine.h"

#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/server_process.h"
#include "tests/support/child_process.h"

namespace duroxide::e2e {
namespace {

class SqliteProcess final : public ProviderProcess {
 public:
  SqliteProcess(const std::string& database, const std::string& listen)
      : server_(database, listen) {}

  std::string endpoint() override { return server_.endpoint(); }
  void Kill() override { server_.Kill(); }

 private:
  ServerProcess server_;
};

#ifdef DUROXIDE_PYTHON_PROVIDER_PROGRAM

class PythonProcess final : public ProviderProcess {
 public:
  PythonProcess(const std::string& database, const std::string& listen)
      : process_(DUROXIDE_PYTHON_PROVIDER_PROGRAM,
                 {"--database", database, "--listen", listen}),
        listen_(listen) {}

  std::string endpoint() override {
    EXPECT_NE(process_.WaitForOutput("listening on "), "")
        << "the provider does not serve, but says: " << process_.error();
    return listen_;
  }
  void Kill() override {
    process_.Signal(SIGKILL);
    process_.Wait();
  }

 private:
  testing_support::ChildProcess process_;
  const std::string listen_;
};

constexpr bool kHasPython = true;

#else

// Not there to be tested.
class PythonProcess final : public ProviderProcess {
 public:
  PythonProcess(const std::string& /*database*/,
                const std::string& /*listen*/) {}
  std::string endpoint() override { return ""; }
  void Kill() override {}
};

constexpr bool kHasPython = false;

#endif

}  // namespace

std::string NameOf(Engine engine) {
  return engine == Engine::kSqlite ? "Sqlite" : "Python";
}

std::vector<Engine> TestedEngines() {
  if (!kHasPython) return {Engine::kSqlite};
  return {Engine::kSqlite, Engine::kPython};
}

std::unique_ptr<ProviderProcess> StartProvider(
    Engine engine, const testing_support::TempDir& dir) {
  const std::string database = dir.File("store.db");
  const std::string listen = "unix:" + dir.File("socket");
  if (engine == Engine::kPython) {
    return std::make_unique<PythonProcess>(database, listen);
  }
  return std::make_unique<SqliteProcess>(database, listen);
}

}  // namespace duroxide::e2e
