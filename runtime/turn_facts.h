#ifndef DUROXIDE_RUNTIME_TURN_FACTS_H_
#define DUROXIDE_RUNTIME_TURN_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace duroxide::runtime {

// What a turn was, for metrics and logs.
struct TurnFacts {
  enum class End {
    kNone,  // the execution goes on
    kCompleted,
    kFailed,
    kContinuedAsNew,
  };

  std::string orchestration;
  std::string version;
  uint64_t execution_id = 0;
  // The turn began the execution; it is not the instance's first.
  bool began_execution = false;
  bool continued_from_earlier = false;
  End end = End::kNone;
  // "application", "infrastructure", "configuration" or "poison", and the text,
  // where it failed.
  std::string error_category;
  std::string error;
  // Events of the execution, those of this turn included.
  uint64_t history_events = 0;
  // Activities and children that this turn asked for.
  uint64_t scheduled_activities = 0;
  uint64_t scheduled_children = 0;
  // How many turns the execution had, this one included; 0 where it is not
  // known.
  uint64_t turns = 0;
  // When the execution began; nothing where it is not known.
  std::optional<absl::Time> began;
  // The history was not gone through again.
  bool resumed = false;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_TURN_FACTS_H_
