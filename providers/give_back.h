#ifndef DUROXIDE_PROVIDERS_GIVE_BACK_H_
#define DUROXIDE_PROVIDERS_GIVE_BACK_H_

// Undoes a fetch whose answer nobody will get.

#include <string>

#include "absl/functional/any_invocable.h"
#include "providers/provider.h"

namespace duroxide {

// Abandons every item that `fetched` holds, taking back the attempt that the
// fetch counted, so that the next fetch gets them at once (WIRE-4, WIRE-5).
// `done` runs when each abandon was answered. One that fails is left to the
// lock's own end. `fetched` may go when the function returns.
void GiveBack(Provider& provider, const std::string& store,
              const v1::FetchOrchestrationItemsResponse& fetched,
              absl::AnyInvocable<void()> done);
void GiveBack(Provider& provider, const std::string& store,
              const v1::FetchWorkItemsResponse& fetched,
              absl::AnyInvocable<void()> done);

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_GIVE_BACK_H_
