#ifndef DUROXIDE_CONFORMANCE_QUIET_GATE_H_
#define DUROXIDE_CONFORMANCE_QUIET_GATE_H_

// Cases run in a crowd, and a crowd slows down itself and the provider. What
// was too slow for a verdict there is judged again in quiet: when the crowd is
// gone, and only a few at a time.

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace duroxide::conformance {

// Thread-safe.
class QuietGate {
 public:
  // Part of the crowd, as long as it lives.
  class Crowd {
   public:
    explicit Crowd(QuietGate& gate);
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    ~Crowd();

   private:
    QuietGate& gate_;
  };

  // One of the few, as long as it lives. Blocks until there is no crowd and a
  // place, or `stop` stops.
  class Quiet {
   public:
    Quiet(QuietGate& gate, const std::stop_token& stop);
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet();

   private:
    QuietGate& gate_;
    bool entered_ = false;
  };

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int crowd_ = 0;
  int quiet_ = 0;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_QUIET_GATE_H_
