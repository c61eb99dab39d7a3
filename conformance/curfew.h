#ifndef DUROXIDE_CONFORMANCE_CURFEW_H_
#define DUROXIDE_CONFORMANCE_CURFEW_H_

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "conformance/waits.h"

namespace duroxide::conformance {

// Ends a run of a case that takes too long, or when the whole run ends. First
// it asks: stop() stops, waiting fetches return and no further call is made. A
// little later it insists: abandon() stops, and calls that still wait for their
// answer are given up.
class Curfew {
 public:
  // Begins now. `run` ends the whole run; `waits` are those of the case, and
  // outlive this object.
  Curfew(const std::stop_token& run, absl::Duration limit, const Waits& waits);
  Curfew(const Curfew&) = delete;
  Curfew& operator=(const Curfew&) = delete;
  ~Curfew();

  std::stop_token stop() const { return stop_.get_token(); }
  std::stop_token abandon() const { return abandon_.get_token(); }

  // True where it was the limit that ended the case.
  bool over() const;

  // What the case waited for when it was to stop.
  std::string waited_for() const;

 private:
  void Watch(const std::stop_token& ended, absl::Duration limit);

  const std::stop_token run_;
  const Waits& waits_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool over_ = false;
  std::string waited_for_;
  std::stop_source stop_;
  std::stop_source abandon_;
  std::jthread watch_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CURFEW_H_
