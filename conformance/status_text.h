#ifndef DUROXIDE_CONFORMANCE_STATUS_TEXT_H_
#define DUROXIDE_CONFORMANCE_STATUS_TEXT_H_

#include <string>

#include "absl/status/status.h"

namespace duroxide::conformance {

// A call's status in one line for people: "OK", or its code, its reason and its
// message: "FAILED_PRECONDITION, reason LOCK_LOST: no such lock".
std::string StatusText(const absl::Status& status);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STATUS_TEXT_H_
