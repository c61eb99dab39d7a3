#ifndef DUROXIDE_TESTS_E2E_LOAD_FIXTURE_H_
#define DUROXIDE_TESTS_E2E_LOAD_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "absl/time/time.h"
#include "providers/provider.h"
#include "tests/e2e/load.h"
#include "tests/e2e/server_process.h"
#include "tests/support/temp_dir.h"

namespace duroxide::e2e {

// A test of what a load leaves in a database file, whatever happens to the
// servers meanwhile.
class LoadFixture : public testing::Test {
 protected:
  // Says how to have the same random choices again.
  LoadFixture();

  // A server on the database that serves.
  std::unique_ptr<ServerProcess> Start(const std::string& listen);

  // The options of the next load: a seed of its own, the rest as it comes.
  LoadOptions NextLoad() { return {.seed = random_()}; }

  // A number of operations after which something is to happen.
  int SomeOperations();

  // To be called when the clients of a load have come to their end: notes how
  // long what they locked may stay locked.
  void NoteEnd(const LoadOptions& load);

  // Compares what the provider holds, once all leases are over, with what it
  // must hold. Returns the number of operations that were done although nobody
  // got an answer.
  int Audit(Provider& provider);

  // Lets all work come to its end and judges what came of it.
  void FinishAndJudge(Provider& provider);

  // Ends the server, the last on the database, as an operator does, and checks
  // what it leaves.
  void EndAndCheckFile(ServerProcess& server);

  std::mt19937_64 random_;
  const testing_support::TempDir dir_;
  const std::string database_ = dir_.File("db");
  Records records_;

 private:
  // When every lock and every delay is over that a client has asked for.
  absl::Time all_over_ = absl::InfinitePast();
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_LOAD_FIXTURE_H_
