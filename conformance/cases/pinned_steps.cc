#include "conformance/cases/pinned_steps.h"

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {

void CreatePinned(Fixture& t, std::string_view instance,
                  const v1::SemanticVersion& version) {
  t.EnqueueStart(instance);
  LockedItem started = t.FetchOrchestrationItem();
  t.Expect(started, IsItemOf(instance));
  t.Ack(FirstAck(started).PinnedVersion(version));
}

std::string TextOf(const v1::SemanticVersion& version) {
  return absl::StrCat(version.major(), ".", version.minor(), ".",
                      version.patch());
}

}  // namespace duroxide::conformance
