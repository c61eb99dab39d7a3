#ifndef DUROXIDE_CONFORMANCE_REPORTS_PENDING_FILE_H_
#define DUROXIDE_CONFORMANCE_REPORTS_PENDING_FILE_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace duroxide::conformance {

// A file that is there whole or not at all: its text goes to a temporary file
// beside it, which then takes its name. What is no regular file, such as a pipe
// or a device, is written directly.
class PendingFile {
 public:
  // Makes the temporary file, so that a path that cannot be written shows at
  // once. INVALID_ARGUMENT, with the path and why, where it cannot.
  static absl::StatusOr<PendingFile> Open(const std::string& path);

  PendingFile(PendingFile&& other) noexcept;
  PendingFile& operator=(PendingFile&&) = delete;
  // Without a commit everything is as before.
  ~PendingFile();

  // Writes `text` and gives the file its name. Once. UNAVAILABLE, with the path
  // and why, where that fails.
  absl::Status Commit(std::string_view text);

 private:
  PendingFile(std::string path, std::string temporary, int file)
      : path_(std::move(path)), temporary_(std::move(temporary)), file_(file) {}

  // As the user called it, or what a link leads to.
  std::string path_;
  // Empty where the file is written directly.
  std::string temporary_;
  int file_;
};

// Writes a file in one go.
absl::Status WriteWhole(const std::string& path, std::string_view text);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPORTS_PENDING_FILE_H_
