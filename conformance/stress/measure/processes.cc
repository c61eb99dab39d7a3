#include "conformance/stress/measure/processes.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace duroxide::stress {
namespace {

namespace fs = std::filesystem;

// What a container engine calls a container for short.
constexpr size_t kShortestContainerId = 12;

constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyz0123456789_-";
constexpr std::string_view kHexDigits = "0123456789abcdef";

// What stands in /proc/PID/stat; the numbers are those of proc(5).
struct Stat {
  char state = 0;
  uint64_t cpu_ticks = 0;
  uint64_t threads = 0;
  uint64_t begin_ticks = 0;
  uint64_t resident_pages = 0;
};

std::optional<std::string> TextOf(const fs::path& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (file.bad()) return std::nullopt;
  return text;
}

// Nothing where there is no such process any more.
std::optional<Stat> StatOf(int64_t pid) {
  const auto text = TextOf(absl::StrCat("/proc/", pid, "/stat"));
  if (!text) return std::nullopt;
  // The name of the program comes before and may hold anything.
  const size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text->substr(name_end + 1));
  // From field 3 on.
  const std::vector<std::string> fields{
      std::istream_iterator<std::string>(rest), {}};
  if (fields.size() < 22) return std::nullopt;
  const auto number = [&fields](size_t field) {
    uint64_t value = 0;
    return absl::SimpleAtoi(fields[field - 3], &value) ? value : 0;
  };
  const Stat stat{.state = fields[0].front(),
                  .cpu_ticks = number(14) + number(15),
                  .threads = number(20),
                  .begin_ticks = number(22),
                  .resident_pages = fields.size() > 21 ? number(24) : 0};
  // A zombie has ended; only its parent has not looked yet.
  if (stat.state == 'Z' || stat.state == 'X') return std::nullopt;
  return stat;
}

// 0 where another user's files may not be counted.
uint64_t OpenFilesOf(int64_t pid) {
  std::error_code error;
  fs::directory_iterator at(absl::StrCat("/proc/", pid, "/fd"), error);
  uint64_t files = 0;
  for (; !error && at != fs::directory_iterator(); at.increment(error)) {
    ++files;
  }
  return files;
}

void Add(const Stat& stat, int64_t pid, ProcessSample& sample) {
  static const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  static const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  sample.cpu += absl::Seconds(static_cast<double>(stat.cpu_ticks) / ticks);
  sample.resident_bytes += stat.resident_pages * page;
  sample.threads += stat.threads;
  sample.open_files += OpenFilesOf(pid);
}

// The number after `key` in a file of lines "key number".
std::optional<uint64_t> NumberIn(const fs::path& path, std::string_view key) {
  const auto text = TextOf(path);
  if (!text) return std::nullopt;
  std::istringstream words(*text);
  std::string word;
  uint64_t number = 0;
  while (words >> word >> number) {
    if (word == key) return number;
  }
  return std::nullopt;
}

void AddProcessesOf(const fs::path& group, ProcessSample& sample) {
  const auto text = TextOf(group / "cgroup.procs");
  if (!text) return;
  std::istringstream pids(*text);
  int64_t pid = 0;
  while (pids >> pid) {
    if (const auto stat = StatOf(pid)) Add(*stat, pid, sample);
  }
}

// Nothing where there is no such group any more.
std::optional<ProcessSample> SampleOfGroup(const fs::path& group) {
  std::error_code error;
  if (!fs::is_directory(group, error)) return std::nullopt;
  ProcessSample sample;
  AddProcessesOf(group, sample);
  for (fs::recursive_directory_iterator at(
           group, fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    if (at->is_directory(error)) AddProcessesOf(at->path(), sample);
  }
  // Version 2 counts what ended processes used, too, and counts memory that
  // several share once. Files that are only cached are no one's.
  if (const auto used = NumberIn(group / "cpu.stat", "usage_usec")) {
    sample.cpu = absl::Microseconds(*used);
  }
  const auto anonymous = NumberIn(group / "memory.stat", "anon");
  const auto mapped = NumberIn(group / "memory.stat", "file_mapped");
  if (anonymous && mapped) sample.resident_bytes = *anonymous + *mapped;
  return sample;
}

// Whether a control group's folder is that of a container whose id begins so:
// "ID", "docker-ID.scope", "libpod-ID.scope", ...
bool IsGroupOf(std::string_view folder, std::string_view id) {
  if (folder.ends_with(".scope")) folder.remove_suffix(6);
  if (const size_t dash = folder.rfind('-'); dash != std::string_view::npos) {
    folder.remove_prefix(dash + 1);
  }
  return folder.starts_with(id) && folder.size() == 64 &&
         folder.find_first_not_of(kHexDigits) == std::string_view::npos;
}

absl::Status Wrong(absl::StatusCode code, std::string_view text,
                   std::string_view what) {
  return absl::Status(code, absl::StrCat("--watch ", std::string(text), ": ",
                                         std::string(what)));
}

absl::StatusOr<std::string> GroupOfContainer(std::string_view text,
                                             std::string_view id,
                                             const std::string& root) {
  if (id.size() < kShortestContainerId ||
      id.find_first_not_of(kHexDigits) != std::string_view::npos) {
    return Wrong(absl::StatusCode::kInvalidArgument, text,
                 "the id of a container is 12 to 64 hexadecimal digits, as "
                 "docker ps shows them; a container's name is none");
  }
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(
           root, fs::directory_options::skip_permission_denied, error);
       !error && at != fs::recursive_directory_iterator();
       at.increment(error)) {
    if (!at->is_directory(error)) continue;
    const fs::path& path = at->path();
    if (!IsGroupOf(path.filename().native(), id)) continue;
    // Version 1 has a folder of the same name for each resource.
    if (!found.empty() && found.front().filename() != path.filename()) {
      return Wrong(absl::StatusCode::kInvalidArgument, text,
                   "several containers have ids that begin so");
    }
    found.push_back(path);
  }
  if (found.empty()) {
    return Wrong(absl::StatusCode::kNotFound, text,
                 absl::StrCat("no container of this id runs: there is no "
                              "control group of its under ",
                              root));
  }
  // Best is one that counts for itself.
  std::ranges::sort(found);
  const auto counts = std::ranges::find_if(found, [](const fs::path& group) {
    return NumberIn(group / "cpu.stat", "usage_usec").has_value();
  });
  return (counts == found.end() ? found.front() : *counts).string();
}

}  // namespace

absl::StatusOr<WatchedProcess> ParseWatched(std::string_view text,
                                            const std::string& cgroup_root) {
  constexpr std::string_view kCgroup = "cgroup:";
  constexpr std::string_view kContainer = "container:";
  const auto invalid = [text](std::string_view what) {
    return Wrong(absl::StatusCode::kInvalidArgument, text, what);
  };
  const size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return invalid(
        "write NAME=PID, NAME=cgroup:PATH or NAME=container:ID, such as "
        "provider=4711");
  }
  WatchedProcess watched{.name = std::string(text.substr(0, equals))};
  std::string_view what = text.substr(equals + 1);
  if (watched.name.empty() ||
      watched.name.find_first_not_of(kNameCharacters) != std::string::npos) {
    return invalid("a name consists of a to z, 0 to 9, _ and -");
  }
  if (watched.name == Runner().name) {
    return invalid(
        "runner is the name of this program, which is watched "
        "anyway");
  }
  if (what.starts_with(kContainer)) {
    what.remove_prefix(kContainer.size());
    auto group = GroupOfContainer(text, what, cgroup_root);
    if (!group.ok()) return group.status();
    watched.cgroup = *std::move(group);
    return watched;
  }
  if (what.starts_with(kCgroup)) {
    what.remove_prefix(kCgroup.size());
    std::error_code error;
    for (const fs::path& path :
         {fs::path(what),
          fs::path(absl::StrCat(cgroup_root, "/", std::string(what)))}) {
      if (!fs::exists(path / "cgroup.procs", error)) continue;
      watched.cgroup = path.string();
      return watched;
    }
    return Wrong(absl::StatusCode::kNotFound, text,
                 "there is no control group: no such folder with a file "
                 "cgroup.procs");
  }
  if (!absl::SimpleAtoi(std::string(what), &watched.pid) || watched.pid <= 0) {
    return invalid(
        "after = comes the id of a process, cgroup:PATH or container:ID");
  }
  if (!StatOf(watched.pid)) {
    return Wrong(absl::StatusCode::kNotFound, text,
                 "there is no process of this id");
  }
  return watched;
}

WatchedProcess Runner() { return {.name = "runner", .pid = getpid()}; }

ProcessSampler::ProcessSampler(std::vector<WatchedProcess> watched) {
  for (WatchedProcess& one : watched) {
    uses_.push_back({.name = one.name, .pid = one.pid, .samples = {}});
    watched_.push_back({.what = std::move(one)});
  }
}

void ProcessSampler::Sample(absl::Duration at) {
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < watched_.size(); ++i) {
    Watched& watched = watched_[i];
    if (watched.ended) continue;
    std::optional<ProcessSample> sample;
    if (watched.what.cgroup.empty()) {
      const auto stat = StatOf(watched.what.pid);
      if (stat && watched.begin_ticks == 0) {
        watched.begin_ticks = stat->begin_ticks;
      }
      if (stat && stat->begin_ticks == watched.begin_ticks) {
        Add(*stat, watched.what.pid, sample.emplace());
      }
    } else {
      sample = SampleOfGroup(watched.what.cgroup);
    }
    std::vector<ProcessSample>& samples = uses_[i].samples;
    if (!sample || sample->threads == 0) {
      // What is gone stays gone. A group may be empty for a moment.
      watched.ended = !sample;
      continue;
    }
    sample->at = at;
    if (!samples.empty()) {
      sample->at = std::max(at, samples.back().at);
      // The sum over processes falls when one of them ends.
      sample->cpu = std::max(sample->cpu, samples.back().cpu);
    }
    samples.push_back(*sample);
  }
}

std::vector<ProcessUse> ProcessSampler::Read() const {
  const std::lock_guard lock(mutex_);
  return uses_;
}

}  // namespace duroxide::stress
