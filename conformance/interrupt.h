#ifndef DUROXIDE_CONFORMANCE_INTERRUPT_H_
#define DUROXIDE_CONFORMANCE_INTERRUPT_H_

// Turns the signals that end a program into an orderly end of the run.

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace duroxide::conformance {

// While it lives, SIGINT, SIGTERM and SIGHUP request a stop of token(); a
// second one ends the program at once, but for LastResort. Make it before any
// other thread, because threads inherit which signals they leave to others.
class Interrupt {
 public:
  Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;
  ~Interrupt();

  std::stop_token token() const { return stop_.get_token(); }

  // The signal that came, or 0.
  int signal() const { return signal_; }

 private:
  void Listen();

  sigset_t handled_{};
  sigset_t before_{};
  int signals_ = -1;
  int end_ = -1;
  std::atomic<int> signal_ = 0;
  std::stop_source stop_;
  std::thread listener_;
};

// The exit status of a program that a signal ended, as shells give it.
inline int ExitStatusOf(int signal) { return 128 + signal; }

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_INTERRUPT_H_
