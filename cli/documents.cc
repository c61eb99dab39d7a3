#include "cli/documents.h"

#include "cli/completion.h"
#include "cli/described.h"
#include "cli/man_page.h"

namespace duroxide::cli {

Documents::Documents(CLI::App& app)
    : app_(app), shell_(std::make_shared<std::string>()) {
  CLI::App* completion = app.add_subcommand(
      "completion", "Prints what a shell needs to complete commands and flags");
  completion->footer("");
  completion->add_option("shell", *shell_, "Which shell it is for")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}))
      ->option_text("bash|zsh|fish");
  completion_ = completion;
  man_ = app.add_subcommand("man", "Prints the manual page")->footer("");
}

std::optional<std::string> Documents::Text(const std::string& version) const {
  if (man_->parsed()) return ManPage(Describe(app_), version);
  if (!completion_->parsed()) return std::nullopt;
  const Shell shell = *shell_ == "bash"  ? Shell::kBash
                      : *shell_ == "zsh" ? Shell::kZsh
                                         : Shell::kFish;
  return CompletionScript(Describe(app_), shell);
}

}  // namespace duroxide::cli
