#ifndef DUROXIDE_CLI_DOCUMENTS_H_
#define DUROXIDE_CLI_DOCUMENTS_H_

// Commands with which a program writes down its own command line.

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <string>

namespace duroxide::cli {

// Adds the commands `completion SHELL` and `man` to an app.
class Documents {
 public:
  // `app` must outlive this.
  explicit Documents(CLI::App& app);

  // The text that was asked for; std::nullopt where another command was, or
  // none. Call it when the app has parsed.
  std::optional<std::string> Text(const std::string& version) const;

 private:
  const CLI::App& app_;
  const CLI::App* man_;
  const CLI::App* completion_;
  // The parser keeps a reference to it.
  const std::shared_ptr<std::string> shell_;
};

}  // namespace duroxide::cli

#endif  // DUROXIDE_CLI_DOCUMENTS_H_
