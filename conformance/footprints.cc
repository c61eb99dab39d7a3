#include "conformance/footprints.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "conformance/durations.h"
#include "google/protobuf/descriptor.h"
#include "providers/errors.h"
#include "providers/provider_methods.h"

namespace duroxide::conformance {
namespace {

using ::google::protobuf::FieldDescriptor;

bool NamesInstances(const FieldDescriptor& field) {
  constexpr std::array<std::string_view, 5> kNames = {
      "instance", "instance_id", "instance_ids", "parent_instance",
      "parent_instance_id"};
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         std::find(kNames.begin(), kNames.end(), field.name()) != kNames.end();
}

// Durations that begin with the call. What a call waits for is over with it.
bool LastsAfterwards(const FieldDescriptor& field) {
  constexpr std::array<std::string_view, 3> kNames = {"lock_timeout",
                                                      "extend_for", "delay"};
  return std::find(kNames.begin(), kNames.end(), field.name()) != kNames.end();
}

class Noting final : public Provider {
 public:
  Noting(std::shared_ptr<Provider> next, Footprints& footprints)
      : next_(std::move(next)), footprints_(footprints) {}

#define DUROXIDE_NOTE(package, method)                                         \
  DUROXIDE_OVERRIDE(package, method) {                                         \
    next_->method(                                                             \
        context, request, response,                                            \
        [this, request, done = std::move(done)](absl::Status status) mutable { \
          footprints_.Note(*request, status);                                  \
          std::move(done)(std::move(status));                                  \
        });                                                                    \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_NOTE)
#undef DUROXIDE_NOTE

 private:
  const std::shared_ptr<Provider> next_;
  Footprints& footprints_;
};

}  // namespace

void Footprints::Note(const google::protobuf::Message& request,
                      const absl::Status& status) {
  if (HasDetail(status)) return;
  const std::lock_guard lock(mutex_);
  Look(request, request.GetDescriptor() ==
                    v1::AckOrchestrationItemRequest::descriptor());
}

std::set<std::string> Footprints::instances() const {
  const std::lock_guard lock(mutex_);
  return instances_;
}

Moment Footprints::quiet_at() const {
  const std::lock_guard lock(mutex_);
  return quiet_at_;
}

void Footprints::Look(const google::protobuf::Message& message, bool in_ack) {
  // The provider measures from a moment before this one.
  const auto runs_for = [this](absl::Duration time) {
    // Nobody waits for what is set to a day that never comes.
    const absl::Duration bounded = std::min(time, absl::Hours(24));
    quiet_at_ = std::max(
        quiet_at_, Interval{.sent = Now(), .received = Now(), .length = bounded}
                       .surely_over());
  };
  // An enqueued timer does not wait for its moment (ENQ-1).
  const auto* timer = dynamic_cast<const v1::TimerFiredItem*>(&message);
  if (timer != nullptr && in_ack) {
    runs_for(absl::FromUnixMillis(static_cast<int64_t>(timer->fire_at_ms())) -
             absl::Now());
  }
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool repeated = field->is_repeated();
    const int count = repeated ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (NamesInstances(*field)) {
        instances_.insert(repeated
                              ? reflection.GetRepeatedString(message, field, i)
                              : reflection.GetString(message, field));
      } else if (LastsAfterwards(*field)) {
        google::protobuf::Duration time;
        time.CopyFrom(reflection.GetMessage(message, field));
        runs_for(FromProto(time));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Look(repeated ? reflection.GetRepeatedMessage(message, field, i)
                      : reflection.GetMessage(message, field),
             in_ack);
      }
    }
  }
}

std::unique_ptr<Provider> NotingProvider(std::shared_ptr<Provider> next,
                                         Footprints& footprints) {
  return std::make_unique<Noting>(std::move(next), footprints);
}

}  // namespace duroxide::conformance
