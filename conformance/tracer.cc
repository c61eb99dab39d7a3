#include "conformance/tracer.h"

#include <iomanip>
#include <sstream>

#include "conformance/call_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

double MillisecondsSince(Moment began, Moment moment) {
  return absl::ToDoubleMilliseconds(absl::FromChrono(moment - began));
}

}  // namespace

void Tracer::OnCall(const std::string& case_id, const CallRecord& call) {
  const std::string request = MessageText(*call.request);
  std::ostringstream line;
  line << std::fixed << std::setprecision(1) << std::setw(10)
       << MillisecondsSince(began_, call.sent) << std::setw(10)
       << MillisecondsSince(began_, call.received) << "  " << case_id << "  "
       << call.method << (request.empty() ? "" : " ") << Printable(request)
       << " -> " << Printable(AnswerText(call)) << "\n";
  const std::lock_guard lock(mutex_);
  out_ << line.str() << std::flush;
}

}  // namespace duroxide::conformance
