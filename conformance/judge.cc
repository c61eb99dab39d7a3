#include "conformance/judge.h"

#include "conformance/outcome.h"
#include "conformance/status_text.h"
#include "conformance/text.h"
#include "providers/errors.h"

namespace duroxide::conformance {
void Judge::ExpectOk(const absl::Status& status, std::source_location where) {
  if (!status.ok()) Fail("OK", StatusText(status), "", where);
}

void Judge::CheckError(const absl::Status& status, v1::ErrorReason reason,
                       const std::string& context, std::source_location where) {
  const auto code = static_cast<absl::StatusCode>(RuleOf(reason).code());
  if (status.code() == code && ReasonOf(status) == reason) {
    return;
  }
  Fail(Concat(absl::StatusCodeToString(code), ", reason ", ReasonName(reason)),
       StatusText(status), context, where);
}

void Judge::Fail(const std::string& expected, const std::string& seen,
                 const std::string& context, std::source_location where) {
  if (std::string doubt = Doubt(); !doubt.empty()) throw CaseTooSlow{doubt};
  throw CaseFailed{{.expected = expected,
                    .seen = seen,
                    .context = context,
                    .file = where.file_name(),
                    .line = static_cast<int>(where.line())}};
}

void Judge::RequireSurely(const Interval& interval,
                          std::source_location where) {
  const absl::Duration late = absl::FromChrono(Now() - interval.surely_until());
  if (late < absl::ZeroDuration()) return;
  throw CaseTooSlow{
      Concat("the check at line ", where.line(), " came ",
             absl::FormatDuration(late), " after the lock or delay of ",
             absl::FormatDuration(interval.length), " may have ended")};
}

}  // namespace duroxide::conformance
