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

void LeaveOutStore(google::protobuf::Message& message,
                   std::optional<std::string_view> own_store) {
  const auto& type = *message.GetDescriptor();
  const auto* field = type.FindFieldByName("store");
  if (field == nullptr) return;
  const auto& reflection = *message.GetReflection();
  const bool leave_out =
      own_store ? reflection.GetString(message, field) == *own_store
                : type.name().ends_with("Request");
  if (leave_out) reflection.ClearField(&message, field);
}

}  // namespace

std::string MessageText(const google::protobuf::Message& message,
                        const MessageForm& form) {
  const std::unique_ptr<google::protobuf::Message> shown(message.New());
  shown->CopyFrom(message);
  LeaveOutStore(*shown, form.own_store);
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
                Moment began, std::string_view own_store) {
  const MessageForm form = {.own_store = own_store};
  const size_t first = calls.size() - std::min(calls.size(), kMostCalls);
  if (first > 0) out << "    (" << first << " earlier calls)\n";
  for (size_t i = first; i < calls.size(); ++i) {
    const CallRecord& call = calls[i];
    const std::string request = MessageText(*call.request, form);
    out << "  " << Milliseconds(call.sent, began) << "  "
        << Milliseconds(call.received, began) << "  " << call.method
        << (request.empty() ? "" : " ") << Printable(request) << "\n"
        << "                      -> " << Printable(AnswerText(call, form))
        << "\n";
  }
}

}  // namespace duroxide::conformance
