#ifndef DUROXIDE_RUNTIME_TRACE_LOG_H_
#define DUROXIDE_RUNTIME_TRACE_LOG_H_

#include <unistd.h>

#include <memory>

#include "runtime/trace.h"

namespace duroxide::runtime {

enum class TraceFormat {
  kText,  // TIME LEVEL message key=value key="a value"
  kJson,  // {"time": ..., "level": ..., "message": ..., "key": ...}
};

// A sink that writes lines of at least `least` to `fd`, which stays the
// caller's. Each is one line of output, whatever the message holds.
std::unique_ptr<TraceSink> MakeTraceLog(TraceFormat format, TraceLevel least,
                                        int fd = STDERR_FILENO);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_TRACE_LOG_H_
