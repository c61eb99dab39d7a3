#include "logging/log.h"

#include <cerrno>
#include <string>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace duroxide {
namespace {

using Fields = Logger::Fields;

const char* NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string Now() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(),
                          absl::UTCTimeZone());
}

// Text that is not UTF-8 is shown with replacement characters, not refused.
std::string Dump(const Fields& value) {
  return value.dump(-1, ' ', false, Fields::error_handler_t::replace);
}

std::string JsonLine(LogLevel level, std::string_view message,
                     const Fields& fields) {
  Fields line = {
      {"time", Now()}, {"level", NameOf(level)}, {"message", message}};
  line.update(fields);
  return Dump(line);
}

bool IsPlain(const std::string& text) {
  return !text.empty() &&
         text.find_first_of(" \t\r\n\"=\\") == std::string::npos;
}

std::string TextLine(LogLevel level, std::string_view message,
                     const Fields& fields) {
  const bool one_line = message.find_first_of("\r\n") == std::string::npos;
  std::string line = Now();
  line.append(" ").append(NameOf(level)).append(" ");
  line += one_line ? std::string(message) : Dump(message);
  for (const auto& [key, value] : fields.items()) {
    line.append(" ").append(key).append("=");
    const bool plain =
        value.is_string() && IsPlain(value.get_ref<const std::string&>());
    line += plain ? value.get<std::string>() : Dump(value);
  }
  return line;
}

// Nobody can be told where this fails.
void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void Logger::Log(LogLevel level, std::string_view message,
                 const Fields& fields) {
  if (!Enabled(level)) return;
  std::string line = format_ == LogFormat::kJson
                         ? JsonLine(level, message, fields)
                         : TextLine(level, message, fields);
  line += '\n';
  const std::lock_guard lock(mutex_);
  WriteAll(fd_, line);
}

}  // namespace duroxide
