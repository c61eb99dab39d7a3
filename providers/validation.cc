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
using google::protobuf::MessageFactory;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using validation::kWholeField;
using validation::Rule;

// The range that google.protobuf.Duration allows: 10,000 years.
constexpr int64_t kMaxSeconds = 315'576'000'000;
constexpr int32_t kMaxNanos = 999'999'999;

struct Plan;

// What a field's values are, as far as checks go.
enum class Kind { kText, kDuration, kMessage, kOther };

// A field that has something to be checked, with what messages and descriptors
// tell only slowly.
struct FieldPlan {
  const FieldDescriptor* field;
  const Reflection* reflection;
  std::string_view name;
  Kind kind;
  bool repeated;
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
  const Reflection* reflection;
  std::vector<FieldPlan> fields;  // outside of oneofs
  std::vector<OneofPlan> oneofs;
};

Kind KindOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Kind::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return field.message_type() == Duration::descriptor() ? Kind::kDuration
                                                            : Kind::kMessage;
    default:
      return Kind::kOther;
  }
}

bool HasWork(const FieldPlan& plan) {
  return plan.rule != nullptr || plan.inner != nullptr ||
         plan.kind == Kind::kText || plan.kind == Kind::kDuration;
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
    plan->reflection = MessageFactory::generated_factory()
                           ->GetPrototype(&type)
                           ->GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      if (type.field(i)->real_containing_oneof() != nullptr) continue;
      const FieldPlan field = MakeField(*type.field(i), plan->reflection);
      if (HasWork(field)) plan->fields.push_back(field);
    }
    for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
      const OneofDescriptor* oneof = type.oneof_decl(i);
      OneofPlan choices{oneof, validation::IsRequired(*oneof), {}};
      for (int j = 0; j < oneof->field_count(); ++j) {
        choices.by_index.push_back(
            MakeField(*oneof->field(j), plan->reflection));
      }
      plan->oneofs.push_back(std::move(choices));
    }
    return plan;
  }

  FieldPlan MakeField(const FieldDescriptor& field,
                      const Reflection* reflection) {
    const bool payload = validation::IsPayload(*field.containing_type());
    FieldPlan plan{&field,
                   reflection,
                   field.name(),
                   KindOf(field),
                   field.is_repeated(),
                   payload ? nullptr : validation::RuleFor(field),
                   nullptr};
    if (plan.kind == Kind::kMessage) {
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

// The field's message, or its element at path.index.
const Message& MessageAt(const Message& message, const FieldPlan& plan,
                         const Path& path) {
  return path.index == kWholeField
             ? plan.reflection->GetMessage(message, plan.field)
             : plan.reflection->GetRepeatedMessage(message, plan.field,
                                                   path.index);
}

absl::Status CheckContent(const Message& message, const FieldPlan& plan,
                          const Path& path) {
  const Reflection* reflection = plan.reflection;
  switch (plan.kind) {
    case Kind::kText: {
      std::string scratch;
      return CheckText(
          path.index == kWholeField
              ? reflection->GetStringReference(message, plan.field, &scratch)
              : reflection->GetRepeatedStringReference(message, plan.field,
                                                       path.index, &scratch),
          path);
    }
    case Kind::kDuration:
      return CheckDuration(
          static_cast<const Duration&>(MessageAt(message, plan, path)), path);
    case Kind::kMessage:
      if (plan.inner == nullptr ||
          (path.index == kWholeField &&
           !reflection->HasField(message, plan.field))) {
        return absl::OkStatus();
      }
      return CheckMessage(MessageAt(message, plan, path), *plan.inner, &path);
    case Kind::kOther:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

// Checks a field that is not repeated, or one element of a repeated one.
absl::Status CheckValue(const Message& message, const FieldPlan& plan,
                        const Path& path) {
  absl::Status status = CheckContent(message, plan, path);
  if (!status.ok() || plan.rule == nullptr) return status;
  const char* problem = plan.rule(message, *plan.field, path.index);
  return problem == nullptr ? absl::OkStatus() : Refuse(path, problem);
}

absl::Status CheckRepeated(const Message& message, const FieldPlan& plan,
                           const Path* parent) {
  const Path whole{parent, plan.name, kWholeField};
  if (plan.rule != nullptr) {
    if (const char* problem = plan.rule(message, *plan.field, kWholeField)) {
      return Refuse(whole, problem);
    }
  }
  const int size = plan.reflection->FieldSize(message, plan.field);
  for (int i = 0; i < size; ++i) {
    const Path path{parent, plan.name, i};
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
        field.repeated
            ? CheckRepeated(message, field, path)
            : CheckValue(message, field, Path{path, field.name, kWholeField});
    if (!status.ok()) return status;
  }
  for (const OneofPlan& oneof : plan.oneofs) {
    const FieldDescriptor* set =
        plan.reflection->GetOneofFieldDescriptor(message, oneof.oneof);
    if (set == nullptr) {
      if (!oneof.required) continue;
      return Refuse(Path{path, oneof.oneof->name(), kWholeField},
                    "is not set; exactly one kind must be");
    }
    const FieldPlan& field = oneof.by_index[set->index_in_oneof()];
    const Path inner{path, field.name, kWholeField};
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
