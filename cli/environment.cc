#include "cli/environment.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace duroxide::cli {
namespace {

bool IsSetting(const CLI::App& app, const CLI::Option& option) {
  return !option.get_lnames().empty() && &option != app.get_help_ptr() &&
         option.get_lnames().front() != "version";
}

std::string VariableOf(const std::string& prefix, std::string flag) {
  std::ranges::transform(flag, flag.begin(), [](char letter) {
    return letter == '-' ? '_' : static_cast<char>(std::toupper(letter));
  });
  return prefix + flag;
}

}  // namespace

void AddConfigFile(CLI::App& app, const std::string& help) {
  app.set_config("--config", "", help)->option_text("FILE");
  app.allow_config_extras(CLI::config_extras_mode::error);
}

void NameVariables(CLI::App& app, const std::string& prefix) {
  for (CLI::Option* option : app.get_options()) {
    if (!IsSetting(app, *option)) continue;
    option->envname(VariableOf(prefix, option->get_lnames().front()));
  }
}

std::vector<std::string> ArgumentsFromEnvironment(
    const std::function<void(CLI::App&)>& define) {
  std::vector<std::string> arguments;
  CLI::App named;
  define(named);
  for (const CLI::Option* option : named.get_options()) {
    const std::string variable = option->get_envname();
    if (variable.empty()) continue;
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || std::string_view(value).empty()) continue;
    const std::string argument =
        "--" + option->get_lnames().front() + "=" + value;
    CLI::App alone;
    define(alone);
    // The environment is what is being read, and each flag by itself.
    for (CLI::Option* other : alone.get_options()) {
      other->envname("")->required(false);
    }
    try {
      alone.parse(std::vector<std::string>{argument});
    } catch (const CLI::ParseError& error) {
      throw CLI::ValidationError("environment variable " + variable,
                                 error.what());
    }
    arguments.push_back(argument);
  }
  return arguments;
}

}  // namespace duroxide::cli
