#ifndef DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_H_
#define DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_H_

// Telling a story again.

#include <string>
#include <vector>

#include "story.pb.h"

namespace duroxide::runtime {

// What has come of a story's turns.
struct Retold {
  // The story with what came of each turn in place of what had to.
  testing::Story story;
  // Where a turn that goes on from the one before came to something else than
  // one that replays.
  std::vector<std::string> differences;
};

// Takes the turns of `story`, each twice: from the history alone, and, where it
// can be, with the execution that the turn before has left.
Retold Retell(const testing::Story& story);

// As the files have it.
std::string ToText(const testing::Story& story);

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_REPLAY_STORY_H_
