// Compiled by a test, as it is and with DUROXIDE_AWAIT set to something that
// must not compile.

#include <coroutine>
#include <string>
#include <utility>

#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"

namespace duroxide::runtime {

#ifdef DUROXIDE_AWAIT_FOREIGN
// A task of some other library.
struct Task {
  bool await_ready() { return true; }
  void await_suspend(std::coroutine_handle<>) {}
  int await_resume() { return 0; }
};
#endif

Orchestration<std::string> Example(OrchestrationContext& ctx, std::string) {
  auto timer = ctx.ScheduleTimer(absl::Seconds(1));
#if defined(DUROXIDE_AWAIT_FOREIGN)
  co_await Task();
#elif defined(DUROXIDE_AWAIT_TWICE)
  co_await timer;
#else
  co_await std::move(timer);
#endif
  co_return "";
}

}  // namespace duroxide::runtime
