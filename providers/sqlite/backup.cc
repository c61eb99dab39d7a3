#include "providers/sqlite/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/database.h"

namespace duroxide::sqlite {
namespace {

namespace fs = std::filesystem;

absl::Status CannotWrite(const std::string& file, absl::string_view why) {
  return absl::UnavailableError(absl::StrCat("cannot write ", file, ": ", why));
}

absl::Status CheckFileName(const std::string& file) {
  if (file.empty() || file == ":memory:") {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", file, "\" is no file"));
  }
  return absl::OkStatus();
}

// A log that is left over from another database would be taken for this one's.
absl::Status CheckNotThere(const std::string& file) {
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    std::error_code error;
    if (fs::exists(file + ending, error)) {
      return absl::AlreadyExistsError(
          absl::StrCat(file, ending, " is there; move it away first"));
    }
  }
  return absl::OkStatus();
}

// A file that is removed with this object, unless it has got its name.
class UnfinishedFile {
 public:
  explicit UnfinishedFile(const std::string& file)
      : file_(file), path_(absl::StrCat(file, ".", getpid(), ".unfinished")) {
    Remove();
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  ~UnfinishedFile() { Remove(); }

  const std::string& path() const { return path_; }

  // Gives it its name, on disk, and takes that from nobody else.
  absl::Status Name() {
    if (absl::Status synced = Sync(path_); !synced.ok()) return synced;
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, file_.c_str(),
                  RENAME_NOREPLACE) != 0) {
      return errno == EEXIST ? CheckNotThere(file_)
                             : CannotWrite(file_, std::strerror(errno));
    }
    const fs::path folder = fs::path(file_).parent_path();
    return Sync(folder.empty() ? "." : folder.string());
  }

 private:
  void Remove() {
    std::error_code ignored;
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
      fs::remove(path_ + ending, ignored);
    }
  }

  static absl::Status Sync(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && fsync(file) == 0;
    const int why = errno;
    if (file >= 0) close(file);
    return synced ? absl::OkStatus() : CannotWrite(path, std::strerror(why));
  }

  const std::string file_;
  const std::string path_;
};

absl::Status CopyPages(const std::string& from, const std::string& to,
                       absl::Duration busy_timeout) {
  absl::StatusOr<std::unique_ptr<Connection>> source =
      Connection::Open(from, Connection::Mode::kReadOnly, busy_timeout);
  if (!source.ok()) return source.status();
  if (absl::Status ours = CheckIsOurs(from, **source); !ours.ok()) return ours;
  absl::StatusOr<std::unique_ptr<Connection>> target =
      Connection::Open(to, Connection::Mode::kReadWrite, busy_timeout);
  if (!target.ok()) return target.status();
  if (absl::Status copied = (*source)->CopyTo(**target); !copied.ok()) {
    return absl::Status(copied.code(), absl::StrCat("cannot copy ", from, ": ",
                                                    copied.message()));
  }
  if (absl::Status sound = CheckSound(to, **target); !sound.ok()) return sound;
  // One file, which can be read where nothing can be written.
  (*target)->RunScript("PRAGMA journal_mode=DELETE");
  if (!(*target)->error().ok()) {
    return CannotWrite(to, (*target)->error().message());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CopyDatabase(const std::string& from, const std::string& to,
                          absl::Duration busy_timeout) {
  for (const std::string& file : {from, to}) {
    if (absl::Status named = CheckFileName(file); !named.ok()) return named;
  }
  if (absl::Status free = CheckNotThere(to); !free.ok()) return free;
  UnfinishedFile copy(to);
  if (absl::Status copied = CopyPages(from, copy.path(), busy_timeout);
      !copied.ok()) {
    return copied;
  }
  return copy.Name();
}

}  // namespace duroxide::sqlite
