#ifndef DUROXIDE_CLI_COMPLETION_H_
#define DUROXIDE_CLI_COMPLETION_H_

#include <string>

#include "cli/described.h"

namespace duroxide::cli {

enum class Shell { kBash, kZsh, kFish };

// A script that teaches a shell to complete the commands, flags, words and
// paths of the program.
std::string CompletionScript(const DescribedCommand& described, Shell shell);

}  // namespace duroxide::cli

#endif  // DUROXIDE_CLI_COMPLETION_H_
