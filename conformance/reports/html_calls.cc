#include <algorithm>
#include <iomanip>
#include <sstream>
#include <string>
#include <string_view>

#include "conformance/call_text.h"
#include "conformance/reports/html_parts.h"
#include "conformance/reports/xml_text.h"
#include "conformance/text.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

// More are not read, and would make the page slow.
constexpr size_t kMostCalls = 200;
MessageForm FormFor(const CaseResult& result) {
  return {.one_line = false,
          .longest_string = 400,
          .longest = 4000,
          .own_store = result.store};
}

double Milliseconds(absl::Duration duration) {
  return absl::ToDoubleMilliseconds(duration);
}

std::string Fixed(double value) {
  std::ostringstream out;
  out << std::fixed << std::setprecision(1) << value;
  return out.str();
}

// Where a call lies in the time of the whole case.
std::string Stretch(const CallRecord& call, Moment began,
                    absl::Duration whole) {
  const auto percent = [&](absl::Duration part) {
    return Fixed(100 * absl::FDivDuration(part, whole));
  };
  return Concat(
      "<span class=\"track\" aria-hidden=\"true\"><span style=\"left:",
      percent(absl::FromChrono(call.sent - began)),
      "%;width:", percent(absl::FromChrono(call.received - call.sent)),
      "%\"></span></span>");
}

// The reason says more than the code, where there is one.
std::string CodeText(const CallRecord& call) {
  if (HasDetail(call.status)) {
    return std::string(ReasonName(ReasonOf(call.status)));
  }
  return absl::StatusCodeToString(call.status.code());
}

void WriteCall(std::ostream& out, const CallRecord& call, Moment began,
               absl::Duration whole, const MessageForm& form) {
  const std::string request = MessageText(*call.request, form);
  out << "<li><details><summary><span class=\"at\">"
      << Fixed(Milliseconds(absl::FromChrono(call.sent - began)))
      << "</span><span class=\"took\">"
      << Fixed(Milliseconds(absl::FromChrono(call.received - call.sent)))
      << "</span>" << Stretch(call, began, whole) << "<span class=\"method\">"
      << HtmlText(call.method) << "</span><span class=\"code"
      << (call.status.ok() ? "" : " error") << "\">" << CodeText(call)
      << "</span></summary>\n<pre tabindex=\"0\">"
      << (request.empty() ? "(empty request)" : HtmlLines(request))
      << "</pre><pre tabindex=\"0\" class=\"answer\">"
      << HtmlLines(AnswerText(call, form)) << "</pre></details></li>\n";
}

}  // namespace

void WriteHtmlCalls(std::ostream& out, const CaseResult& result) {
  if (result.calls.empty()) return;
  Moment end = result.began + std::chrono::milliseconds(1);
  for (const CallRecord& call : result.calls) {
    end = std::max(end, call.received);
  }
  const absl::Duration whole = absl::FromChrono(end - result.began);
  const MessageForm form = FormFor(result);
  const size_t first =
      result.calls.size() - std::min(result.calls.size(), kMostCalls);
  out << "<h4>Calls</h4>\n<div class=\"calls\"><p class=\"axis\"><span "
         "class=\"at\">sent, ms</span><span class=\"took\">took, "
         "ms</span><span "
         "class=\"track\"><span>0</span><span>"
      << Fixed(Milliseconds(whole))
      << " ms</span></span><span class=\"method\">method</span><span "
         "class=\"code\">answer</span></p>\n";
  if (first > 0) {
    out << "<p class=\"left-out\">" << first
        << " earlier calls are not shown; the transcript has them.</p>\n";
  }
  out << "<ol start=\"" << first + 1 << "\">\n";
  for (size_t i = first; i < result.calls.size(); ++i) {
    WriteCall(out, result.calls[i], result.began, whole, form);
  }
  out << "</ol></div>\n";
}

}  // namespace duroxide::conformance
