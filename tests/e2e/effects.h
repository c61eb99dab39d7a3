#ifndef DUROXIDE_TESTS_E2E_EFFECTS_H_
#define DUROXIDE_TESTS_E2E_EFFECTS_H_

#include <map>
#include <set>
#include <string>

#include "tests/e2e/faults.h"
#include "tests/e2e/ledger.h"

namespace duroxide::e2e {

// Judges, from histories alone, what came of a load once its queues are empty:
// every history has the ids 1, 2, 3 ..., and what was started, raised,
// scheduled or set in one of them came to its end there exactly once.
// `enqueued` are the messages that must have had an effect.
void CheckEffects(const std::map<std::string, History>& histories,
                  const std::set<MessageBytes>& enqueued, Faults& faults);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_EFFECTS_H_
