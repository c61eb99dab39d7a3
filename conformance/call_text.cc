#include "conformance/call_text.h"

#include <algorithm>
#include <cstddef>
#include <iomanip>
#include <memory>

#include "conformance/status_text.h"
#include "conformance/text.h"
#include "conformance/utf8.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/text_format.h"

namespace duroxide::conformance {
namespace {

constexpr size_t kMostCalls = 40;

std::string Milliseconds(Moment moment, Moment began) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << std::setw(8)
      << absl::ToDoubleMilliseconds(absl::FromChrono(moment - began));
  return out.str();
}

}  // namespace

std::string MessageText(const google::protobuf::Message& message,
                        const MessageForm& form) {
  const std::unique_ptr<google::protobuf::Message> shown(message.New());
  shown->CopyFrom(message);
  if (const auto* store = shown->GetDescriptor()->FindFieldByName("store")) {
    shown->GetReflection()->ClearField(shown.get(), store);
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(form.one_line);
  printer.SetUseUtf8StringEscaping(true);
  printer.SetTruncateStringFieldLongerThan(form.longest_string);
  std::string text;
  printer.PrintToString(*shown, &text);
  while (text.ends_with(' ') || text.ends_with('\n')) text.pop_back();
  if (text.size() > form.longest) {
    text.resize(CutAtCharacter(text, form.longest).size());
    text += " ...";
  }
  return text;
}

std::string AnswerText(const CallRecord& call, const MessageForm& form) {
  if (!call.status.ok() || call.response == nullptr) {
    return StatusText(call.status);
  }
  const std::string text = MessageText(*call.response, form);
  if (text.empty()) return "OK";
  return Concat(form.one_line ? "OK " : "OK\n", text);
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
