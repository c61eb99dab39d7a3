#ifndef DUROXIDE_RUNTIME_DISPATCH_ENVIRONMENT_H_
#define DUROXIDE_RUNTIME_DISPATCH_ENVIRONMENT_H_

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "providers/provider.h"
#include "runtime/dispatch/call_count.h"
#include "runtime/dispatch/timer_queue.h"
#include "runtime/request_ids.h"
#include "runtime/runtime_observer.h"
#include "runtime/trace.h"

namespace duroxide::runtime {

// What the parts of one runtime share. It outlives them.
struct Environment {
  const std::shared_ptr<Provider> provider;
  const std::string store;
  // Either may be null.
  const std::shared_ptr<TraceSink> log;
  const std::shared_ptr<RuntimeObserver> observer;

  RequestIds ids = {};
  // The provider's calls that are under way, or will be sent again.
  CallCount calls = {};
  // Requested when the calls under way are to end as they can.
  std::stop_source give_up = {};
  // Last: its thread uses the rest.
  TimerQueue timers = {};
};

// Writes a line to the log, if there is one that wants it.
inline void Log(const Environment& environment, TraceLevel level,
                std::string_view message, TraceFields fields = {}) {
  if (environment.log == nullptr || !environment.log->Enabled(level)) return;
  environment.log->Write({.level = level,
                          .message = std::string(message),
                          .fields = std::move(fields)});
}

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_ENVIRONMENT_H_
