#include "runtime/activity_context.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace duroxide::runtime {

ActivityContext::ActivityContext(ActivityInfo info, std::stop_token cancelled,
                                 TraceSink* log, Client* client)
    : info_(std::move(info)),
      cancelled_(std::move(cancelled)),
      log_(log),
      client_(client) {}

void ActivityContext::Trace(TraceLevel level, std::string_view message) const {
  if (log_ == nullptr || !log_->Enabled(level)) return;
  TraceLine line{.level = level,
                 .message = std::string(message),
                 .fields = {
                     {"instance", info_.instance},
                     {"execution_id", absl::StrCat(info_.execution_id)},
                     {"orchestration", info_.orchestration_name},
                     {"version", info_.orchestration_version},
                     {"activity", info_.name},
                     {"activity_id", absl::StrCat(info_.activity_id)},
                     {"attempt", absl::StrCat(info_.attempt)},
                     {"worker", info_.worker_id},
                 }};
  if (info_.tag) line.fields.emplace_back("tag", *info_.tag);
  if (info_.session_id) line.fields.emplace_back("session", *info_.session_id);
  log_->Write(line);
}

}  // namespace duroxide::runtime
