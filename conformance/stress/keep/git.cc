#include "conformance/stress/keep/git.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <sstream>

extern char** environ;  // NOLINT: POSIX's name

namespace duroxide::stress {
namespace {

// What `git ARGUMENTS` prints in the folder; nothing where it fails. No shell
// reads the arguments.
std::optional<std::string> Git(const std::string& folder,
                               const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"git", "--no-optional-locks", "-C",
                                    folder.empty() ? "." : folder};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
                                   O_WRONLY, 0);
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, "git", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string output;
  char buffer[4096];
  while (failed == 0) {
    const ssize_t size = read(ends[0], buffer, sizeof(buffer));
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    output.append(buffer, static_cast<size_t>(size));
  }
  close(ends[0]);
  if (failed != 0) return std::nullopt;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return output;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What comes from a database is no option of git and no other revision.
bool IsCommitId(const std::string& text) {
  return text.size() >= 7 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isxdigit(c) != 0; });
}

}  // namespace

std::optional<Checkout> CheckoutOf(const std::string& folder) {
  const auto head = Git(folder, {"rev-parse", "--verify", "--quiet", "HEAD"});
  if (!head || Lines(*head).empty()) return std::nullopt;
  const auto changes =
      Git(folder, {"status", "--porcelain", "--untracked-files=no"});
  return Checkout{.commit = Lines(*head).front(),
                  .modified = changes && !changes->empty()};
}

std::optional<std::vector<std::string>> CommitsBetween(
    const std::string& folder, const std::string& from, const std::string& to) {
  if (!IsCommitId(from) || !IsCommitId(to)) return std::nullopt;
  const auto log =
      Git(folder, {"log", "--format=%h %s", from + ".." + to, "--"});
  if (!log) return std::nullopt;
  return Lines(*log);
}

}  // namespace duroxide::stress
