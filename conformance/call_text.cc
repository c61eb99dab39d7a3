#include "conformance/call_text.h"

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <memory>

#include "conformance/status_text.h"
#include "conformance/text.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"

namespace duroxide::conformance {
namespace {

constexpr size_t kMostCalls = 40;
constexpr size_t kMostCharacters = 300;
constexpr int kLongestString = 60;

std::string Milliseconds(Moment moment, Moment began) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << std::setw(8)
      << absl::ToDoubleMilliseconds(absl::FromChrono(moment - began));
  return out.str();
}

std::string AnswerText(const CallRecord& call) {
  if (!call.status.ok() || call.response == nullptr) {
    return StatusText(call.status);
  }
  const std::string text = MessageText(*call.response);
  return text.empty() ? "OK" : Concat("OK ", text);
}

}  // namespace

std::string MessageText(const google::protobuf::Message& message) {
  const std::unique_ptr<google::protobuf::Message> shown(message.New());
  shown->CopyFrom(message);
  if (const auto* store = shown->GetDescriptor()->FindFieldByName("store")) {
    shown->GetReflection()->ClearField(shown.get(), store);
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  printer.SetTruncateStringFieldLongerThan(kLongestString);
  std::string text;
  printer.PrintToString(*shown, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  if (text.size() > kMostCharacters) {
    text.resize(kMostCharacters);
    text += " ...";
  }
  return text;
}

void WriteCalls(std::ostream& out, const std::vector<CallRecord>& calls,
                Moment began) {
  const size_t first = calls.size() - std::min(calls.size(), kMostCalls);
  if (first > 0) out << "    (" << first << " earlier calls)\n";
  for (size_t i = first; i < calls.size(); ++i) {
    const CallRecord& call = calls[i];
    const std::string request = MessageText(*call.request);
    out << "  " << Milliseconds(call.sent, began) << "  "
        << Milliseconds(call.received, began) << "  " << call.method
        << (request.empty() ? "" : " ") << Printable(request) << "\n"
        << "                      -> " << Printable(AnswerText(call)) << "\n";
  }
}

}  // namespace duroxide::conformance
