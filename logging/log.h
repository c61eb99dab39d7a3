#ifndef DUROXIDE_LOGGING_LOG_H_
#define DUROXIDE_LOGGING_LOG_H_

// Structured logs: a message and fields, one line each.

#include <unistd.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <string_view>

namespace duroxide {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

enum class LogFormat {
  kText,  // TIME LEVEL message key=value key="a value"
  kJson,  // {"time": ..., "level": ..., "message": ..., "key": ...}
};

// Thread-safe. Times are UTC, by RFC 3339, with milliseconds.
class Logger {
 public:
  using Fields = nlohmann::ordered_json;  // an object

  // Writes lines of at least `least` to `fd`, which stays the caller's.
  Logger(LogFormat format, LogLevel least, int fd = STDERR_FILENO)
      : format_(format), least_(least), fd_(fd) {}

  bool Enabled(LogLevel level) const { return level >= least_; }

  void Log(LogLevel level, std::string_view message,
           const Fields& fields = Fields::object());

 private:
  const LogFormat format_;
  const LogLevel least_;
  const int fd_;
  std::mutex mutex_;  // lines do not mix
};

}  // namespace duroxide

#endif  // DUROXIDE_LOGGING_LOG_H_
