#ifndef DUROXIDE_CONFORMANCE_LEDGER_H_
#define DUROXIDE_CONFORMANCE_LEDGER_H_

#include <map>
#include <vector>

#include "conformance/result.h"

namespace duroxide::conformance {

// Makes one result for each case of those of its runs. Not thread-safe.
class Ledger {
 public:
  void Add(CaseResult result);

  // How many cases have a result.
  size_t size() const { return results_.size(); }

  // By category and name.
  std::vector<CaseResult> Take();

 private:
  std::map<const Case*, CaseResult> results_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LEDGER_H_
