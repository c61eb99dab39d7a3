#ifndef DUROXIDE_TESTS_SUPPORT_TEMP_DIR_H_
#define DUROXIDE_TESTS_SUPPORT_TEMP_DIR_H_

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace duroxide::testing_support {

// A directory of the test's own, removed with all that is in it. Its path is
// short enough for unix sockets.
class TempDir {
 public:
  TempDir() {
    std::string name =
        std::filesystem::temp_directory_path() / "duroxide-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error("cannot make " + name);
    }
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string File(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_TEMP_DIR_H_
