#ifndef DUROXIDE_CONFORMANCE_MODEL_PLAY_H_
#define DUROXIDE_CONFORMANCE_MODEL_PLAY_H_

// Does operations with a provider and looks whether the model agrees.

#include <optional>
#include <string>
#include <vector>

#include "conformance/fixture.h"
#include "conformance/interval.h"
#include "conformance/model/operation.h"
#include "conformance/model/queue_model.h"

namespace duroxide::conformance::model {

// A step of a sequence that was played.
struct Step {
  Operation operation;
  Outcome outcome;
};

struct Played {
  enum class End {
    // Each outcome was one that the model allows.
    kAgreed,
    // The last one was not.
    kDisagreed,
    // The last one was not, but a short lock or a delay may have been over
    // before the wait for it: that proves nothing.
    kTooSlow,
  };

  End end = End::kAgreed;
  // A short lock or delay that may have been over before the wait for it.
  std::optional<Interval> over = std::nullopt;
  std::vector<Step> steps = {};
  // What the model allows for the last step, where it was not that.
  std::vector<Outcome> allowed = {};
};

// Plays the operations in a store of their own, one after the other, up to the
// first disagreement. A step that needs a lock where none was given is left
// out.
Played Play(Fixture& t, const std::vector<Operation>& operations);

}  // namespace duroxide::conformance::model

#endif  // DUROXIDE_CONFORMANCE_MODEL_PLAY_H_
