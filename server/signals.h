#ifndef DUROXIDE_SERVER_SIGNALS_H_
#define DUROXIDE_SERVER_SIGNALS_H_

namespace duroxide::server {

// Keeps SIGTERM and SIGINT for WaitForEndSignal, and ignores SIGPIPE. Called
// before the first thread is started, which inherits it.
void HoldEndSignals();

// Blocks until SIGTERM or SIGINT comes and returns which. From then on another
// one ends the process at once, with exit code 128 plus its number.
int WaitForEndSignal();

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SIGNALS_H_
