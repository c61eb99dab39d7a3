#include "conformance/replay/value_map.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace duroxide::conformance {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr uint64_t kDayMs = 24 * 60 * 60 * 1000;

// Texts that a provider makes up and that come back to it in requests.
bool IsMadeUp(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() &&
         (field.name() == "lock_token" || field.name() == "store" ||
          field.name() == "page_token" || field.name() == "next_page_token");
}

std::vector<const FieldDescriptor*> FieldsOf(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

}  // namespace

bool IsMoment(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_UINT64 && !field.is_repeated() &&
         field.name().ends_with("_ms");
}

void ValueMap::Learn(const std::string& then, const std::string& now) {
  if (!then.empty()) now_by_then_.emplace(then, now);
}

void ValueMap::LearnMoment(uint64_t then_ms, uint64_t now_ms) {
  // Unsigned, so that what is far below is far above.
  const uint64_t expected = then_ms - began_ms_ + begins_ms_;
  const bool near = now_ms - expected + kNearMs <= 2 * kNearMs;
  if (IsNearBegin(then_ms) && near) moment_by_then_.emplace(then_ms, now_ms);
}

void ValueMap::LearnFrom(const Message& then, const Message& now) {
  const Reflection& in_then = *then.GetReflection();
  const Reflection& in_now = *now.GetReflection();
  for (const FieldDescriptor* field : FieldsOf(then)) {
    if (IsMadeUp(*field)) {
      Learn(in_then.GetString(then, field), in_now.GetString(now, field));
    } else if (IsMoment(*field)) {
      LearnMoment(in_then.GetUInt64(then, field), in_now.GetUInt64(now, field));
    } else if (field->type() != FieldDescriptor::TYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      LearnFrom(in_then.GetMessage(then, field), in_now.GetMessage(now, field));
    } else {
      const int both = std::min(in_then.FieldSize(then, field),
                                in_now.FieldSize(now, field));
      for (int i = 0; i < both; ++i) {
        LearnFrom(in_then.GetRepeatedMessage(then, field, i),
                  in_now.GetRepeatedMessage(now, field, i));
      }
    }
  }
}

void ValueMap::Translate(Message& message) const {
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : FieldsOf(message)) {
    if (IsMadeUp(*field)) {
      reflection.SetString(&message, field,
                           Translated(reflection.GetString(message, field)));
    } else if (IsMoment(*field)) {
      reflection.SetUInt64(&message, field,
                           Translated(reflection.GetUInt64(message, field)));
    } else if (field->type() != FieldDescriptor::TYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      Translate(*reflection.MutableMessage(&message, field));
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Translate(*reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

std::string ValueMap::Translated(const std::string& then) const {
  const auto known = now_by_then_.find(then);
  return known == now_by_then_.end() ? then : known->second;
}

bool ValueMap::IsNearBegin(uint64_t then_ms) const {
  return then_ms + kDayMs >= began_ms_ && then_ms <= began_ms_ + kDayMs;
}

uint64_t ValueMap::Translated(uint64_t then_ms) const {
  if (!IsNearBegin(then_ms)) return then_ms;
  auto nearest = moment_by_then_.lower_bound(then_ms);
  if (nearest == moment_by_then_.end() ||
      (nearest != moment_by_then_.begin() &&
       then_ms - std::prev(nearest)->first < nearest->first - then_ms)) {
    --nearest;
  }
  return then_ms - nearest->first + nearest->second;
}

}  // namespace duroxide::conformance
