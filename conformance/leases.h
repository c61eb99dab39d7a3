#ifndef DUROXIDE_CONFORMANCE_LEASES_H_
#define DUROXIDE_CONFORMANCE_LEASES_H_

// The locks that a case relies on.

#include <map>
#include <mutex>
#include <string>

#include "conformance/interval.h"

namespace duroxide::conformance {

// Knows which locks the case took and neither gave back nor meant to run out.
// Where one of them may have run out all the same, the runner was too slow, and
// what the case sees proves nothing. Thread-safe.
class Leases {
 public:
  // The lock of `token` is held for `held`, from a fetch or a renewal.
  void Hold(const std::string& token, const Interval& held);

  // The lock was given back.
  void Release(const std::string& token);

  // The case waits for `moment`: locks that are surely over by then are meant
  // to be. One that only may be over is not.
  void IntendUntil(Moment moment);

  // The case has waited for something that did not come: every lock was meant
  // to run out.
  void IntendAll();

  // Names a lock that may have run out by `now` unintended; empty where there
  // is none.
  std::string Overdue(Moment now) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Interval> held_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LEASES_H_
