#include "conformance/temporary_folder.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

void Remove(const std::string& path) {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace

absl::StatusOr<std::unique_ptr<TemporaryFolder>> TemporaryFolder::Make() {
  std::error_code error;
  std::string path =
      std::filesystem::temp_directory_path(error) / "duroxide-compat-XXXXXX";
  if (error || mkdtemp(path.data()) == nullptr) {
    return absl::UnavailableError(
        Concat("cannot make a temporary folder ", path, ": ",
               (error ? error : std::error_code(errno, std::system_category()))
                   .message(),
               "; TMPDIR names the folder for it"));
  }
  return std::unique_ptr<TemporaryFolder>(new TemporaryFolder(std::move(path)));
}

TemporaryFolder::TemporaryFolder(std::string path)
    : path_(std::move(path)), removal_([path = path_] { Remove(path); }) {}

TemporaryFolder::~TemporaryFolder() { Remove(path_); }

std::string TemporaryFolder::File(std::string_view name) const {
  return Concat(path_, "/", name);
}

}  // namespace duroxide::conformance
