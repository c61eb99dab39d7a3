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

// The time that the line shows, and where it stands in the case.
struct Axis {
  // When the case began; what all times are counted from.
  Moment zero;
  Moment begin;
  Moment end;
};

std::string SinceZero(Moment moment, const Axis& axis) {
  return Fixed(Milliseconds(absl::FromChrono(moment - axis.zero)));
}

// Where a call lies on the axis.
std::string Stretch(const CallRecord& call, const Axis& axis) {
  const absl::Duration whole = absl::FromChrono(axis.end - axis.begin);
  const auto percent = [&](absl::Duration part) {
    return Fixed(100 * absl::FDivDuration(part, whole));
  };
  return Concat(
      "<span class=\"track\" aria-hidden=\"true\"><span style=\"left:",
      percent(absl::FromChrono(call.sent - axis.begin)),
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

void WriteCall(std::ostream& out, const CallRecord& call, const Axis& axis,
               const MessageForm& form) {
  const std::string request = MessageText(*call.request, form);
  out << "<li><details><summary><span class=\"at\">"
      << SinceZero(call.sent, axis) << "</span><span class=\"took\">"
      << Fixed(Milliseconds(absl::FromChrono(call.received - call.sent)))
      << "</span>" << Stretch(call, axis) << "<span class=\"method\">"
      << HtmlText(call.method) << "</span><span class=\"code"
      << (call.status.ok() ? "" : " error") << "\">" << CodeText(call)
      << "</span></summary>\n<pre tabindex=\"0\">"
      << (request.empty() ? "(empty request)" : HtmlLines(request))
      << "</pre><pre tabindex=\"0\" class=\"answer\">"
      << HtmlLines(AnswerText(call, form)) << "</pre></details></li>\n";
}

// From the first call that is shown, or from the begin where all are.
Axis AxisOf(const CaseResult& result, size_t first) {
  Axis axis = {.zero = result.began,
               .begin = first == 0 ? result.began : result.calls[first].sent,
               .end = result.began + std::chrono::milliseconds(1)};
  for (const CallRecord& call : result.calls) {
    axis.end = std::max(axis.end, call.received);
  }
  return axis;
}

}  // namespace

void WriteHtmlCalls(std::ostream& out, const CaseResult& result) {
  if (result.calls.empty()) return;
  const size_t first =
      result.calls.size() - std::min(result.calls.size(), kMostCalls);
  const Axis axis = AxisOf(result, first);
  const MessageForm form = FormFor(result);
  out << "<h4>Calls</h4>\n<div class=\"calls\"><p class=\"axis\"><span "
         "class=\"at\">sent, ms</span><span class=\"took\">took, "
         "ms</span><span "
         "class=\"track\"><span>"
      << SinceZero(axis.begin, axis) << "</span><span>"
      << SinceZero(axis.end, axis)
      << " ms</span></span><span class=\"method\">method</span><span "
         "class=\"code\">answer</span></p>\n";
  if (first > 0) {
    out << "<p class=\"left-out\">" << first
        << " earlier calls are not shown; --artifacts keeps them all.</p>\n";
  }
  out << "<ol start=\"" << first + 1 << "\">\n";
  for (size_t i = first; i < result.calls.size(); ++i) {
    WriteCall(out, result.calls[i], axis, form);
  }
  out << "</ol></div>\n";
}

}  // namespace duroxide::conformance
