#include "providers/validation.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "providers/errors.h"
#include "providers/validation_rules.h"

namespace duroxide {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Duration;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using validation::kWholeField;
using validation::Rule;

// The range that google.protobuf.Duration allows: 10,000 years.
constexpr int64_t kMaxSeconds = 315'576'000'000;
constexpr int32_t kMaxNanos = 999'999'999;

struct Plan;

// A field that has something to be checked.
struct FieldPlan {
  const FieldDescriptor* field;
  Rule rule;          // null where there is none
  const Plan* inner;  // for messages; null where they need no walk
};

struct OneofPlan {
  const OneofDescriptor* oneof;
  bool required;
  std::vector<FieldPlan> by_index;  // by FieldDescriptor::index_in_oneof
};

// What there is to check in messages of one type. It spares a walk over fields
// that nothing is said about, which is most of them.
struct Plan {
  std::vector<FieldPlan> fields;  // outside of oneofs
  std::vector<OneofPlan> oneofs;
};

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

bool IsDuration(const FieldDescriptor& field) {
  return IsMessage(field) && field.message_type() == Duration::descriptor();
}

bool HasWork(const FieldPlan& plan) {
  return plan.rule != nullptr || plan.inner != nullptr ||
         IsDuration(*plan.field) ||
         plan.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

// Plans by type, made when a type is first seen and kept for good.
class Plans {
 public:
  const Plan* For(const Descriptor* type) {
    const std::lock_guard lock(mutex_);
    return Get(type);
  }

 private:
  const Plan* Get(const Descriptor* type) {
    std::unique_ptr<Plan>& plan = plans_[type];
    if (plan == nullptr) plan = Make(*type);
    return plan.get();
  }

  std::unique_ptr<Plan> Make(const Descriptor& type) {
    auto plan = std::make_unique<Plan>();
    const bool payload = validation::IsPayload(type);
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->real_containing_oneof() != nullptr) continue;
      const FieldPlan field = MakeField(*type.field(i), payload);
      if (HasWork(field)) plan->fields.push_back(field);
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
      const OneofDescriptor* oneof = type.oneof_decl(i);
      OneofPlan choices{oneof, validation::IsRequired(*oneof), {}};
      for (int j = 0; j < oneof->field_count(); ++j) {
        choices.by_index.push_back(MakeField(*oneof->field(j), payload));
      }
      plan->oneofs.push_back(std::move(choices));
    }
    return plan;
  }

  FieldPlan MakeField(const FieldDescriptor& field, bool payload) {
    FieldPlan plan{&field, payload ? nullptr : validation::RuleFor(field),
                   nullptr};
    if (IsMessage(field) && !IsDuration(field)) {
      const Plan* inner = Get(field.message_type());
      if (!inner->fields.empty() || !inner->oneofs.empty()) plan.inner = inner;
    }
    return plan;
  }

  std::mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<Plan>> plans_;
};

const Plan* PlanFor(const Descriptor* type) {
  static Plans& plans = *new Plans;
  return plans.For(type);
}

// Where a walk is: rendered only when something is wrong.
struct Path {
  const Path* parent;
  std::string_view name;
  int index;

  std::string ToString() const {
    std::string text = parent == nullptr ? "" : parent->ToString() + ".";
    text += name;
    if (index != kWholeField) text += "[" + std::to_string(index) + "]";
    return text;
  }
};

absl::Status Refuse(const Path& path, std::string_view problem) {
  return InvalidField(path.ToString(), problem);
}

absl::Status CheckMessage(const Message& message, const Plan& plan,
                          const Path* path);

absl::Status CheckText(std::string_view text, const Path& path) {
  if (text.find('\0') == std::string_view::npos) return absl::OkStatus();
  return Refuse(path, "must not hold a NUL character");
}

absl::Status CheckDuration(const Duration& duration, const Path& path) {
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  if (seconds > kMaxSeconds || seconds < -kMaxSeconds || nanos > kMaxNanos ||
      nanos < -kMaxNanos || (seconds > 0 && nanos < 0) ||
      (seconds < 0 && nanos > 0)) {
    return Refuse(path,
                  "is no well-formed duration: seconds and nanos must be in "
                  "range and of one sign");
  }
  if (seconds < 0 || nanos < 0) return Refuse(path, "must not be negative");
  return absl::OkStatus();
}

// Checks a field that is not repeated, or one element of a repeated one.
absl::Status CheckValue(const Message& message, const FieldPlan& plan,
                        const Path& path) {
  const FieldDescriptor* field = plan.field;
  const Reflection* reflection = message.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    const std::string& text =
        path.index == kWholeField
            ? reflection->GetStringReference(message, field, &scratch)
            : reflection->GetRepeatedStringReference(message, field, path.index,
                                                     &scratch);
    if (absl::Status status = CheckText(text, path); !status.ok()) {
      return status;
    }
  }
  const bool is_duration = IsDuration(*field);
  if (is_duration || plan.inner != nullptr) {
    if (path.index != kWholeField || reflection->HasField(message, field)) {
      const Message& value =
          path.index == kWholeField
              ? reflection->GetMessage(message, field)
              : reflection->GetRepeatedMessage(message, field, path.index);
      if (absl::Status status =
              is_duration
                  ? CheckDuration(static_cast<const Duration&>(value), path)
                  : CheckMessage(value, *plan.inner, &path);
          !status.ok()) {
        return status;
      }
    }
  }
  if (plan.rule == nullptr) return absl::OkStatus();
  const char* problem = plan.rule(message, *field, path.index);
  return problem == nullptr ? absl::OkStatus() : Refuse(path, problem);
}

absl::Status CheckRepeated(const Message& message, const FieldPlan& plan,
                           const Path* parent) {
  const Path whole{parent, plan.field->name(), kWholeField};
  if (plan.rule != nullptr) {
    if (const char* problem = plan.rule(message, *plan.field, kWholeField)) {
      return Refuse(whole, problem);
    }
  }
  const int size = message.GetReflection()->FieldSize(message, plan.field);
  for (int i = 0; i < size; ++i) {
    const Path path{parent, plan.field->name(), i};
    if (absl::Status status = CheckValue(message, plan, path); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status CheckMessage(const Message& message, const Plan& plan,
                          const Path* path) {
  for (const FieldPlan& field : plan.fields) {
    absl::Status status =
        field.field->is_repeated()
            ? CheckRepeated(message, field, path)
            : CheckValue(message, field,
                         Path{path, field.field->name(), kWholeField});
    if (!status.ok()) return status;
  }
  for (const OneofPlan& oneof : plan.oneofs) {
    const FieldDescriptor* set =
        message.GetReflection()->GetOneofFieldDescriptor(message, oneof.oneof);
    if (set == nullptr) {
      if (!oneof.required) continue;
      return Refuse(Path{path, oneof.oneof->name(), kWholeField},
                    "is not set; exactly one kind must be");
    }
    const FieldPlan& field = oneof.by_index[set->index_in_oneof()];
    const Path inner{path, set->name(), kWholeField};
    if (absl::Status status = CheckValue(message, field, inner); !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Validate(const Message& request) {
  return CheckMessage(request, *PlanFor(request.GetDescriptor()), nullptr);
}

}  // namespace duroxide
