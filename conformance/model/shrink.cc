#include "conformance/model/shrink.h"

#include <algorithm>
#include <utility>

namespace duroxide::conformance::model {
namespace {

// `sequence` without the steps from `first` to `first + length`.
Sequence Without(const Sequence& sequence, size_t first, size_t length) {
  Sequence shorter = sequence;
  const auto begin = shorter.begin() + static_cast<std::ptrdiff_t>(first);
  const size_t count = std::min(length, sequence.size() - first);
  shorter.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
  return shorter;
}

std::vector<Sequence> WithoutOneWait(const Sequence& sequence) {
  std::vector<Sequence> candidates;
  for (size_t i = 0; i < sequence.size(); ++i) {
    if (sequence[i].action != Action::kWait) continue;
    candidates.push_back(Without(sequence, i, 1));
  }
  return candidates;
}

// Each of the stretches of that length left out.
std::vector<Sequence> WithoutStretch(const Sequence& sequence, size_t length) {
  std::vector<Sequence> candidates;
  for (size_t first = 0; first < sequence.size(); first += length) {
    candidates.push_back(Without(sequence, first, length));
  }
  return candidates;
}

template <typename Field>
void AddPlainer(const Sequence& sequence, size_t step, Field Operation::*field,
                std::vector<Sequence>& candidates) {
  const Field plain = Operation().*field;
  if (sequence[step].*field == plain) return;
  candidates.push_back(sequence);
  candidates.back()[step].*field = plain;
}

// One field of one step set to what it is where nobody says anything.
std::vector<Sequence> Plainer(const Sequence& sequence) {
  std::vector<Sequence> candidates;
  for (size_t i = 0; i < sequence.size(); ++i) {
    AddPlainer(sequence, i, &Operation::enqueues, candidates);
    AddPlainer(sequence, i, &Operation::delayed, candidates);
    AddPlainer(sequence, i, &Operation::ignore_attempt, candidates);
    AddPlainer(sequence, i, &Operation::lock, candidates);
    AddPlainer(sequence, i, &Operation::instance, candidates);
  }
  return candidates;
}

// Takes candidates as long as one of them fails. True where one did.
template <typename Candidates>
bool Reduce(Sequence& failing, const FindFailing& find, Candidates candidates) {
  bool any = false;
  while (true) {
    std::vector<Sequence> next = candidates(failing);
    const std::optional<size_t> found = find(next);
    if (!found) return any;
    failing = std::move(next[*found]);
    any = true;
  }
}

}  // namespace

Sequence Shrink(Sequence failing, const FindFailing& find) {
  Reduce(failing, find, WithoutOneWait);
  bool shorter = true;
  while (shorter) {
    shorter = false;
    for (size_t length = failing.size() / 2; length > 0; length /= 2) {
      shorter |= Reduce(failing, find, [length](const Sequence& sequence) {
        return WithoutStretch(sequence, length);
      });
    }
    shorter |= Reduce(failing, find, Plainer);
  }
  return failing;
}

}  // namespace duroxide::conformance::model
