#ifndef DUROXIDE_TESTS_CONFORMANCE_FAULTS_H_
#define DUROXIDE_TESTS_CONFORMANCE_FAULTS_H_

// What providers do wrong, one thing at a time, to judge the judge with.

#include <ostream>
#include <string>
#include <vector>

#include "tests/conformance/faulty_provider.h"

namespace duroxide::conformance {

// A case that must find a fault, and the clause that the fault breaks, which
// the case must cite.
struct Finding {
  std::string case_id;
  std::string clause;
};

// What is wrong with a provider that has been restarted.
struct RestartFault {
  // It begins anew, with nothing.
  bool loses_everything = false;
  // Its hooks; null leaves them as they were.
  FaultHooks (*hooks)() = nullptr;
};

struct Fault {
  // As a test's name: "FetchIgnoresLocks".
  std::string name;
  std::vector<Finding> findings;
  // Makes the hooks anew for every provider.
  FaultHooks (*hooks)();
  RestartFault after_restart = {};

  // For ctest, which names tests by their parameters.
  friend void PrintTo(const Fault& fault, std::ostream* out) {
    *out << fault.name;
  }
};

const std::vector<Fault>& AllFaults();

// Parts of AllFaults, in files of their own.
std::vector<Fault> FaultsOfAdmin();
std::vector<Fault> FaultsOfBatches();
std::vector<Fault> FaultsOfBulkDeletion();
std::vector<Fault> FaultsOfCancellation();
std::vector<Fault> FaultsOfCapabilities();
std::vector<Fault> FaultsOfDeletion();
std::vector<Fault> FaultsOfErrors();
std::vector<Fault> FaultsOfFairness();
std::vector<Fault> FaultsOfFilters();
std::vector<Fault> FaultsOfHistoriesOnDemand();
std::vector<Fault> FaultsOfInput();
std::vector<Fault> FaultsOfKv();
std::vector<Fault> FaultsOfLocks();
std::vector<Fault> FaultsOfModel();
std::vector<Fault> FaultsOfPolls();
std::vector<Fault> FaultsOfPruning();
std::vector<Fault> FaultsOfQueues();
std::vector<Fault> FaultsOfRequestIds();
std::vector<Fault> FaultsOfRestarts();
std::vector<Fault> FaultsOfSessions();
std::vector<Fault> FaultsOfSize();
std::vector<Fault> FaultsOfStats();
std::vector<Fault> FaultsOfStatus();
std::vector<Fault> FaultsOfStores();
std::vector<Fault> FaultsOfText();
std::vector<Fault> FaultsOfTurns();

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FAULTS_H_
