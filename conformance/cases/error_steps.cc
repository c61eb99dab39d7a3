#include "conformance/cases/error_steps.h"

#include <optional>
#include <string>

#include "conformance/matchers.h"
#include "conformance/status_text.h"
#include "providers/errors.h"

namespace duroxide::conformance {

void ExpectDetailedError(Fixture& t, const absl::Status& status,
                         v1::ErrorReason reason, std::string_view method,
                         std::source_location where) {
  t.ExpectError(status, {reason, where}, method);
  const std::optional<v1::Status> trailer = TrailerOf(status);
  if (!trailer) {
    t.Fail("a trailer grpc-status-details-bin with a Status",
           StatusText(status), std::string(method), where);
  }
  const std::string message(status.message());
  t.Expect<int>(trailer->code(), {static_cast<int>(status.code()), where},
                "code in the trailer, ", method);
  t.Expect<std::string>(trailer->message(), {message, where},
                        "message in the trailer, ", method);
  t.Expect<int>(trailer->details_size(), {1, where}, "details of ", method);

  v1::ErrorDetail expected;
  expected.set_operation(std::string(method));
  expected.set_reason(reason);
  expected.set_retryable(RuleOf(reason).retryable());
  expected.set_message(message);
  v1::ErrorDetail detail;
  trailer->details(0).UnpackTo(&detail);
  t.Expect<v1::ErrorDetail>(detail, {IsMessage(expected), where},
                            "the detail of ", method);
  t.Expect<std::string>(detail.message(),
                        {::testing::Not(::testing::IsEmpty()), where},
                        "message of ", method);
}

}  // namespace duroxide::conformance
