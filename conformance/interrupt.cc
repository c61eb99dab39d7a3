#include "conformance/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "conformance/last_resort.h"

namespace duroxide::conformance {

Interrupt::Interrupt() {
  sigemptyset(&handled_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaddset(&handled_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &handled_, &before_);
  signals_ = signalfd(-1, &handled_, SFD_CLOEXEC);
  end_ = eventfd(0, EFD_CLOEXEC);
  listener_ = std::thread([this] { Listen(); });
}

Interrupt::~Interrupt() {
  eventfd_write(end_, 1);
  listener_.join();
  close(end_);
  close(signals_);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::Listen() {
  std::array<pollfd, 2> sources = {
      {{.fd = signals_, .events = POLLIN, .revents = 0},
       {.fd = end_, .events = POLLIN, .revents = 0}}};
  while (true) {
    if (poll(sources.data(), sources.size(), -1) < 0) continue;
    if (sources[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signals_, &info, sizeof info) != sizeof info) continue;
    const int signal = static_cast<int>(info.ssi_signo);
    if (signal_ != 0) {
      LastResort::Act();
      _exit(ExitStatusOf(signal));
    }
    signal_ = signal;
    stop_.request_stop();
  }
}

}  // namespace duroxide::conformance
