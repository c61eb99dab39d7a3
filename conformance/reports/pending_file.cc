#include "conformance/reports/pending_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kMode = 0666;

// What stands at the path or where a link leads to; the path itself where there
// is nothing yet.
std::string Resolved(const std::string& path) {
  std::error_code error;
  const fs::path resolved = fs::canonical(path, error);
  return error ? path : resolved.string();
}

absl::Status CannotWrite(absl::StatusCode code, const std::string& path,
                         int error) {
  return absl::Status(
      code, Concat("cannot write ", path, ": ", std::strerror(error)));
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

absl::StatusOr<PendingFile> PendingFile::Open(const std::string& path) {
  const std::string target = Resolved(path);
  std::error_code ignored;
  const bool direct =
      fs::exists(target, ignored) && !fs::is_regular_file(target, ignored);
  const std::string temporary =
      direct ? "" : Concat(target, ".", getpid(), ".part");
  const int file = direct
                       ? open(target.c_str(), O_WRONLY | O_CLOEXEC)
                       : open(temporary.c_str(),
                              O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (file < 0) {
    return CannotWrite(absl::StatusCode::kInvalidArgument, path, errno);
  }
  return PendingFile(target, temporary, file);
}

PendingFile::PendingFile(PendingFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, "")),
      file_(std::exchange(other.file_, -1)) {}

PendingFile::~PendingFile() {
  if (file_ >= 0) close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

absl::Status PendingFile::Commit(std::string_view text) {
  const bool written = WriteAll(file_, text);
  const int write_error = errno;
  const bool closed = close(std::exchange(file_, -1)) == 0;
  if (!written || !closed) {
    return CannotWrite(absl::StatusCode::kUnavailable, path_,
                       written ? errno : write_error);
  }
  if (temporary_.empty()) return absl::OkStatus();
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return CannotWrite(absl::StatusCode::kUnavailable, path_, errno);
  }
  temporary_.clear();
  return absl::OkStatus();
}

absl::Status WriteWhole(const std::string& path, std::string_view text) {
  absl::StatusOr<PendingFile> file = PendingFile::Open(path);
  if (!file.ok()) return file.status();
  return file->Commit(text);
}

}  // namespace duroxide::conformance
