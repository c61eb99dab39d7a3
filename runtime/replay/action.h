#ifndef DUROXIDE_RUNTIME_REPLAY_ACTION_H_
#define DUROXIDE_RUNTIME_REPLAY_ACTION_H_

// What an orchestration asks for.

#include <cstdint>
#include <optional>
#include <string>

#include "duroxide/provider/v1/event.pb.h"

namespace duroxide::runtime {

// Names a call of the orchestration on its context; counted from 1.
using CallNumber = uint64_t;

// The child ids that the runtime makes itself begin with this, and stand behind
// the parent's id.
inline constexpr char kDerivedChildPrefix[] = "sub::";

struct Action {
  CallNumber call = 0;
  // The event that the action becomes, without the fields that the history
  // gives it. Without a kind: the end of this execution and the beginning of
  // the next, whose input is `next_input`.
  provider::v1::Event event;
  // Of the child, detached orchestration or next execution, where one is asked
  // for.
  std::optional<std::string> version;
  std::string next_input;
};

inline bool ContinuesAsNew(const Action& action) {
  return action.event.kind_case() == provider::v1::Event::KIND_NOT_SET;
}

// True where `event` of the history is what this action has become: same kind,
// same content, apart from moments, and a custom status, which code may change.
bool Matches(const Action& action, const provider::v1::Event& event);

// "ActivityScheduled name "Charge"": for messages.
std::string Describe(const provider::v1::Event& event);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REPLAY_ACTION_H_
