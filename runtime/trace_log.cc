#include "runtime/trace_log.h"

#include "logging/log.h"

namespace duroxide::runtime {
namespace {

LogLevel LevelOf(TraceLevel level) {
  switch (level) {
    case TraceLevel::kDebug:
      return LogLevel::kDebug;
    case TraceLevel::kInfo:
      return LogLevel::kInfo;
    case TraceLevel::kWarning:
      return LogLevel::kWarning;
    case TraceLevel::kError:
      return LogLevel::kError;
  }
  return LogLevel::kError;
}

class TraceLog final : public TraceSink {
 public:
  TraceLog(TraceFormat format, TraceLevel least, int fd)
      : logger_(
            format == TraceFormat::kJson ? LogFormat::kJson : LogFormat::kText,
            LevelOf(least), fd) {}

  bool Enabled(TraceLevel level) const override {
    return logger_.Enabled(LevelOf(level));
  }

  void Write(const TraceLine& line) override {
    Logger::Fields fields = Logger::Fields::object();
    for (const auto& [name, value] : line.fields) fields[name] = value;
    logger_.Log(LevelOf(line.level), line.message, fields);
  }

 private:
  Logger logger_;
};

}  // namespace

std::unique_ptr<TraceSink> MakeTraceLog(TraceFormat format, TraceLevel least,
                                        int fd) {
  return std::make_unique<TraceLog>(format, least, fd);
}

}  // namespace duroxide::runtime
