#ifndef DUROXIDE_CONFORMANCE_TEMPORARY_FOLDER_H_
#define DUROXIDE_CONFORMANCE_TEMPORARY_FOLDER_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "conformance/last_resort.h"

namespace duroxide::conformance {

// A folder of its own, removed with all that is in it; also where the program
// ends in haste.
class TemporaryFolder {
 public:
  static absl::StatusOr<std::unique_ptr<TemporaryFolder>> Make();

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  // The path of a file in it. Short enough for a unix socket.
  std::string File(std::string_view name) const;

 private:
  explicit TemporaryFolder(std::string path);

  const std::string path_;
  const LastResort::Entry removal_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TEMPORARY_FOLDER_H_
