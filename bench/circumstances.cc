#include "bench/circumstances.h"

#include <grpcpp/grpcpp.h>
#include <sqlite3.h>
#include <sys/statfs.h>
#include <sys/utsname.h>

#include <array>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace duroxide::bench {
namespace {

// The kernel's numbers of file systems; see statfs(2).
struct FileSystem {
  int64_t magic;
  const char* name;
};
constexpr FileSystem kTmpfs = {0x01021994, "tmpfs"};
constexpr std::array kFileSystems = {
    kTmpfs,
    FileSystem{0xEF53, "ext4"},
    FileSystem{0x58465342, "xfs"},
    FileSystem{0x9123683E, "btrfs"},
    FileSystem{0x794C7630, "overlayfs"},
};

int64_t MagicOf(const std::string& folder) {
  struct statfs about {};
  return statfs(folder.c_str(), &about) == 0
             ? static_cast<int64_t>(about.f_type)
             : 0;
}

std::string FileSystemOf(const std::string& folder) {
  const int64_t magic = MagicOf(folder);
  for (const FileSystem& known : kFileSystems) {
    if (known.magic == magic) return known.name;
  }
  return absl::StrCat("statfs type 0x", absl::Hex(magic));
}

std::string Processor() {
  std::ifstream about("/proc/cpuinfo");
  for (std::string line; std::getline(about, line);) {
    const std::vector<std::string> parts = absl::StrSplit(line, ": ");
    if (parts.size() == 2 && absl::StartsWith(parts[0], "model name")) {
      return parts[1];
    }
  }
  return "unknown";
}

std::string Kernel() {
  utsname about{};
  return uname(&about) == 0 ? absl::StrCat("Linux ", about.release) : "unknown";
}

}  // namespace

Circumstances FindCircumstances(const std::string& folder) {
  return {
      {"date", absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone())},
      {"cores", absl::StrCat(std::thread::hardware_concurrency())},
      {"processor", Processor()},
      {"kernel", Kernel()},
      {"file system", FileSystemOf(folder)},
      {"compiler", __VERSION__},
      {"gRPC", grpc::Version()},
      {"SQLite", sqlite3_libversion()},
  };
}

bool IsInMemory(const std::string& folder) {
  return MagicOf(folder) == kTmpfs.magic;
}

}  // namespace duroxide::bench
