#ifndef DUROXIDE_RUNTIME_REPLAY_ERROR_DETAILS_H_
#define DUROXIDE_RUNTIME_REPLAY_ERROR_DETAILS_H_

// Why orchestrations and activities fail, as histories and messages hold it.

#include <string>
#include <string_view>

#include "duroxide/provider/v1/event.pb.h"

namespace duroxide::runtime {

// History and code disagree, or a history cannot be one.
provider::v1::ErrorDetails Nondeterminism(std::string message);

// The user's orchestration or activity ended with this error.
provider::v1::ErrorDetails OrchestrationFailure(std::string message);
provider::v1::ErrorDetails ActivityFailure(std::string message);

// An exception left the user's code.
provider::v1::ErrorDetails Panic(std::string message);

provider::v1::ErrorDetails Cancellation(std::string reason);

provider::v1::ErrorDetails Infrastructure(std::string operation,
                                          std::string message, bool retryable);

// True for what is the user's own and orchestrations may handle. Anything else
// ends the orchestration that meets it.
bool IsApplicationError(const provider::v1::ErrorDetails& details);

// "application", "infrastructure", "configuration" or "poison"; "unknown" where
// it is none of them.
std::string_view CategoryOf(const provider::v1::ErrorDetails& details);

// As people read it, and as orchestrations see it. The same text as upstream's.
std::string TextOf(const provider::v1::ErrorDetails& details);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_ERROR_DETAILS_H_
