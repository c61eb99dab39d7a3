#ifndef DUROXIDE_CONFORMANCE_MODEL_SHRINK_H_
#define DUROXIDE_CONFORMANCE_MODEL_SHRINK_H_

// Makes a failing sequence shorter.

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "conformance/model/operation.h"

namespace duroxide::conformance::model {

using Sequence = std::vector<Operation>;

// Tries candidates, side by side where it can, and returns the place of one
// that fails; std::nullopt where none does, or where enough was tried.
using FindFailing =
    std::function<std::optional<size_t>(const std::vector<Sequence>&)>;

// The shortest sequence found that still fails: `failing` with as many of its
// steps left out as can be, and what is left made as plain as can be. Waits go
// first, because they are what takes time.
Sequence Shrink(Sequence failing, const FindFailing& find);

}  // namespace duroxide::conformance::model

#endif  // DUROXIDE_CONFORMANCE_MODEL_SHRINK_H_
