#include "conformance/replay/compare.h"

#include <sstream>
#include <string_view>

#include "conformance/call_text.h"
#include "conformance/replay/methods.h"
#include "conformance/status_text.h"
#include "conformance/text.h"
#include "google/protobuf/util/message_differencer.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::FieldContext;
using google::protobuf::util::MessageDifferencer;
using google::protobuf::util::SimpleFieldComparator;

// Two runs never read the same on a clock.
class MomentComparator final : public SimpleFieldComparator {
 public:
  ComparisonResult Compare(const Message& one, const Message& other,
                           const FieldDescriptor* field, int one_index,
                           int other_index,
                           const FieldContext* context) override {
    if (!IsMoment(*field)) {
      return SimpleCompare(one, other, field, one_index, other_index, context);
    }
    const uint64_t a = one.GetReflection()->GetUInt64(one, field);
    const uint64_t b = other.GetReflection()->GetUInt64(other, field);
    return (a > b ? a - b : b - a) <= kNearMs ? SAME : DIFFERENT;
  }
};

// The code, and the reason where there is one: all that clients go by.
std::string KindOf(const transcript::v1::Call& call) {
  if (!call.has_error()) return "OK";
  if (!call.error().has_detail()) return call.error().code();
  return Concat(call.error().code(), ", reason ",
                ReasonName(call.error().detail().reason()));
}

std::string KindOf(const absl::Status& status) {
  std::string code = absl::StatusCodeToString(status.code());
  if (!HasDetail(status)) return code;
  return Concat(code, ", reason ", ReasonName(ReasonOf(status)));
}

void IgnoreNames(MessageDifferencer& differencer) {
  const auto* info = v1::GetProviderInfoResponse::descriptor();
  differencer.IgnoreField(info->FindFieldByName("name"));
  differencer.IgnoreField(info->FindFieldByName("version"));
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream source(text);
  for (std::string line; std::getline(source, line);) {
    if (!line.starts_with("ignored: ")) lines.push_back(line);
  }
  return lines;
}

}  // namespace

std::vector<std::string> DifferencesOf(const transcript::v1::Call& call,
                                       const NewAnswer& answer,
                                       const ValueMap& values) {
  const std::string was = KindOf(call);
  const std::string is = KindOf(answer.status);
  if (was != is) return {Concat("status: ", was, " -> ", is)};
  if (!answer.status.ok()) return {};
  const std::unique_ptr<Message> expected =
      Unpacked(call.response(), *answer.response);
  values.Translate(*expected);
  MomentComparator comparator;
  std::string report;
  MessageDifferencer differencer;
  differencer.set_field_comparator(&comparator);
  differencer.ReportDifferencesToString(&report);
  IgnoreNames(differencer);
  if (differencer.Compare(*expected, *answer.response)) return {};
  return LinesOf(report);
}

std::string OldAnswerText(const transcript::v1::Call& call) {
  if (call.has_error()) {
    const std::string& message = call.error().message().empty()
                                     ? call.error().detail().message()
                                     : call.error().message();
    return Concat(KindOf(call), ": ", message);
  }
  const std::unique_ptr<Message> response =
      Unpacked(call.response(), *FindMethod(call.method())->response);
  const std::string text = MessageText(*response);
  return text.empty() ? "OK" : Concat("OK ", text);
}

}  // namespace duroxide::conformance
