#ifndef DUROXIDE_CONFORMANCE_PROCESS_THREAD_H_
#define DUROXIDE_CONFORMANCE_PROCESS_THREAD_H_

#include <functional>

namespace duroxide::conformance {

// Calls `start` on a thread that lives as long as the program, and blocks until
// it has returned. A process that asks to end with its parent
// (PR_SET_PDEATHSIG) ends with the thread that forked it, and those of the
// cases come and go.
void OnProcessThread(const std::function<void()>& start);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_PROCESS_THREAD_H_
