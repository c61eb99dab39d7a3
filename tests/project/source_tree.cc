#include "tests/project/source_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace duroxide::project {
namespace {

constexpr std::string_view kLeftOut[] = {".git", "build", "node_modules",
                                         "__pycache__"};

}  // namespace

void ForEachFile(const std::function<void(const std::string& path,
                                          std::string_view text)>& visit) {
  const std::filesystem::path root = DUROXIDE_SOURCE_DIR;
  std::filesystem::recursive_directory_iterator entry(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const std::string name = entry->path().filename();
    if (std::ranges::find(kLeftOut, name) != std::end(kLeftOut)) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream file(entry->path(), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    visit(entry->path().lexically_relative(root), text);
  }
}

}  // namespace duroxide::project
