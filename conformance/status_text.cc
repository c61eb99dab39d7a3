#include "conformance/status_text.h"

#include "conformance/text.h"
#include "providers/errors.h"

namespace duroxide::conformance {

std::string StatusText(const absl::Status& status) {
  if (status.ok()) return "OK";
  const std::string reason =
      HasDetail(status) ? Concat("reason ", ReasonName(ReasonOf(status)))
                        : "no error detail";
  return Concat(absl::StatusCodeToString(status.code()), ", ", reason, ": ",
                status.message());
}

}  // namespace duroxide::conformance
