#include "conformance/stress/keep/machine.h"

#include <sched.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace duroxide::stress {
namespace {

namespace fs = std::filesystem;

constexpr double kGiB = 1024.0 * 1024 * 1024;

// The value of the first line "name : value" of a file of /proc.
std::string ValueIn(const char* file, std::string_view name) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(name)) continue;
    const size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::string CpuModel(const utsname& names) {
  // What the architectures call it.
  for (const std::string_view name : {"model name", "Model", "cpu model"}) {
    std::string model = ValueIn("/proc/cpuinfo", name);
    if (!model.empty()) return model;
  }
  return names.machine;
}

int Cores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0) {
    return CPU_COUNT(&allowed);
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

uint64_t MemoryBytes() {
  uint64_t kilobytes = 0;
  std::istringstream(ValueIn("/proc/meminfo", "MemTotal")) >> kilobytes;
  uint64_t bytes = kilobytes * 1024;
  // Of a container: "max" where it has no limit of its own, which is no number.
  for (const char* file : {"/sys/fs/cgroup/memory.max",
                           "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    uint64_t limit = 0;
    if (std::ifstream(file) >> limit && limit > 0) {
      bytes = std::min(bytes, limit);
    }
  }
  return bytes;
}

// Numbers of Linux's <linux/magic.h>, which names no file systems.
constexpr std::array kFileSystems = {
    std::pair<uint64_t, const char*>{0xEF53, "ext4"},
    std::pair<uint64_t, const char*>{0x58465342, "xfs"},
    std::pair<uint64_t, const char*>{0x9123683E, "btrfs"},
    std::pair<uint64_t, const char*>{0x01021994, "tmpfs"},
    std::pair<uint64_t, const char*>{0x794C7630, "overlay"},
    std::pair<uint64_t, const char*>{0x2FC12FC1, "zfs"},
    std::pair<uint64_t, const char*>{0xF2F52010, "f2fs"},
    std::pair<uint64_t, const char*>{0x6969, "nfs"},
    std::pair<uint64_t, const char*>{0x65735546, "fuse"},
    std::pair<uint64_t, const char*>{0x01021997, "9p"},
};

std::string FileSystemOf(const std::string& data) {
  std::error_code error;
  fs::path path = fs::absolute(data.empty() ? "." : data, error);
  while (!fs::exists(path, error) && path.has_relative_path()) {
    path = path.parent_path();
  }
  struct statfs system {};
  if (statfs(path.c_str(), &system) != 0) return "unknown";
  const auto type = static_cast<uint32_t>(system.f_type);
  for (const auto& [magic, name] : kFileSystems) {
    if (magic == type) return name;
  }
  return absl::StrFormat("0x%x", type);
}

// As machines are told apart.
int64_t WholeGiB(const Machine& machine) {
  return std::llround(static_cast<double>(machine.memory_bytes) / kGiB);
}

// FNV-1a, which is the same on every machine and for ever.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return hash;
}

}  // namespace

Machine ThisMachine(const std::string& data) {
  utsname names{};
  uname(&names);
  return {.cpu_model = CpuModel(names),
          .cores = Cores(),
          .memory_bytes = MemoryBytes(),
          .kernel = absl::StrCat(names.sysname, " ", names.release),
          .file_system = FileSystemOf(data)};
}

std::string Fingerprint(const Machine& machine) {
  return absl::StrFormat(
      "%016x", Hash(absl::StrCat(machine.cpu_model, "\n", machine.cores, "\n",
                                 WholeGiB(machine), "\n", machine.kernel, "\n",
                                 machine.file_system)));
}

std::string Describe(const Machine& machine) {
  return absl::StrFormat("%s, %d core%s, %.1f GiB, %s, %s", machine.cpu_model,
                         machine.cores, machine.cores == 1 ? "" : "s",
                         static_cast<double>(machine.memory_bytes) / kGiB,
                         machine.kernel, machine.file_system);
}

std::vector<std::string> Differences(const Machine& a, const Machine& b) {
  std::vector<std::string> differences;
  const auto compare = [&differences](const char* what, const auto& one,
                                      const auto& other) {
    if (one == other) return;
    differences.push_back(absl::StrCat(what, ": ", one, ", ", other));
  };
  compare("processor", a.cpu_model, b.cpu_model);
  compare("cores", a.cores, b.cores);
  compare("memory in GiB", WholeGiB(a), WholeGiB(b));
  compare("kernel", a.kernel, b.kernel);
  compare("file system", a.file_system, b.file_system);
  return differences;
}

}  // namespace duroxide::stress
