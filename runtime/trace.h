#ifndef DUROXIDE_RUNTIME_TRACE_H_
#define DUROXIDE_RUNTIME_TRACE_H_

// What runtime, orchestrations and activities have to say: lines with fields.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duroxide::runtime {

enum class TraceLevel { kDebug, kInfo, kWarning, kError };

// Name and value. Names are those of the contract: instance, execution_id,
// orchestration, version, activity, activity_id, worker, attempt, tag, session.
using TraceFields = std::vector<std::pair<std::string, std::string>>;

struct TraceLine {
  TraceLevel level = TraceLevel::kInfo;
  std::string message;
  TraceFields fields;
};

// Where lines go. Thread-safe.
class TraceSink {
 public:
  virtual ~TraceSink() = default;

  // Cheap: asked before a line is made.
  virtual bool Enabled(TraceLevel level) const = 0;
  virtual void Write(const TraceLine& line) = 0;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_TRACE_H_
