#include "cli/described.h"

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace duroxide::cli {
namespace {

// The words of "text|json", with a default after "=" left out.
std::vector<std::string> ChoicesOf(const std::string& value) {
  std::vector<std::string> choices;
  if (value.find('|') == std::string::npos) return choices;
  std::istringstream words(value.substr(0, value.find('=')));
  for (std::string word; std::getline(words, word, '|');) {
    choices.push_back(word);
  }
  return choices;
}

bool IsPath(std::string_view value) {
  return value.starts_with("FILE") || value.starts_with("DIR");
}

// As CLI11's own help writes it, without what it says of other options.
std::string ValueOf(const CLI::Option& option) {
  if (!option.get_option_text().empty()) return option.get_option_text();
  if (option.get_type_size() == 0) return "";
  std::string value = option.get_type_name();
  if (!option.get_default_str().empty()) {
    value += "=" + option.get_default_str();
  }
  return value;
}

DescribedOption DescribeOption(const CLI::Option& option) {
  DescribedOption described;
  for (const std::string& name : option.get_snames()) {
    described.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    described.names.push_back("--" + name);
  }
  described.value = ValueOf(option);
  described.choices = ChoicesOf(described.value);
  described.is_path = IsPath(described.value);
  described.variable = option.get_envname();
  described.help = option.get_description();
  return described;
}

}  // namespace

DescribedCommand Describe(const CLI::App& app) {
  DescribedCommand described{.name = app.get_name(),
                             .help = app.get_description(),
                             .footer = app.get_footer(),
                             .groups = {},
                             .commands = {},
                             .takes_options_of_program = app.get_fallthrough()};
  for (const CLI::Option* option : app.get_options()) {
    const std::string& group = option->get_group();
    if (group.empty()) continue;  // hidden
    auto home =
        std::ranges::find(described.groups, group, &DescribedGroup::name);
    if (home == described.groups.end()) {
      home = described.groups.insert(home, {.name = group, .options = {}});
    }
    home->options.push_back(DescribeOption(*option));
  }
  for (const CLI::App* command : app.get_subcommands(
           [](const CLI::App* one) { return !one->get_group().empty(); })) {
    described.commands.push_back(Describe(*command));
  }
  return described;
}

}  // namespace duroxide::cli
