#ifndef DUROXIDE_TESTS_E2E_STOCK_H_
#define DUROXIDE_TESTS_E2E_STOCK_H_

#include <set>
#include <string>

#include "providers/provider.h"
#include "tests/e2e/ledger.h"
#include "tests/e2e/load.h"

namespace duroxide::e2e {

// Fetches, without waiting, all that can be fetched now, and gives it back.
// Reads the histories of `instances` too. Failures go to the records' faults;
// their lease book watches.
Holding TakeStock(Provider& provider, Records& records,
                  const std::set<std::string>& instances);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_STOCK_H_
