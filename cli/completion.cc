#include "cli/completion.h"

#include <algorithm>
#include <functional>
#include <sstream>
#include <string_view>
#include <vector>

namespace duroxide::cli {
namespace {

// Calls `visit` with each option of a command.
void ForEachOption(const DescribedCommand& command,
                   const std::function<void(const DescribedOption&)>& visit) {
  for (const DescribedGroup& group : command.groups) {
    for (const DescribedOption& option : group.options) visit(option);
  }
}

// A command with all the options that may stand behind it.
DescribedCommand WithAllOptions(DescribedCommand command,
                                const DescribedCommand& program) {
  if (command.takes_options_of_program) {
    for (const DescribedGroup& group : program.groups) {
      DescribedGroup& added =
          command.groups.emplace_back(DescribedGroup{group.name, {}});
      for (const DescribedOption& option : group.options) {
        // Each command has a --help of its own.
        if (std::ranges::find(option.names, "--help") == option.names.end()) {
          added.options.push_back(option);
        }
      }
    }
  }
  return command;
}

std::string Join(const std::vector<std::string>& words,
                 std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

// A word in single quotes, as all three shells read it.
std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'') {
      quoted += "'\\''";
    } else {
      quoted += letter;
    }
  }
  return quoted + "'";
}

// The name of a shell function.
std::string FunctionOf(std::string program) {
  std::ranges::replace(program, '-', '_');
  return "_" + program;
}

// --- bash

// What may follow a command: its flags, its commands, the words of its
// arguments.
std::string BashWords(const DescribedCommand& command) {
  std::vector<std::string> words;
  for (const DescribedCommand& below : command.commands) {
    words.push_back(below.name);
  }
  ForEachOption(command, [&](const DescribedOption& option) {
    const auto& more = option.names.empty() ? option.choices : option.names;
    words.insert(words.end(), more.begin(), more.end());
  });
  return Join(words, " ");
}

// The cases "COMMAND:FLAG) ..." of the values of a command's flags.
void WriteBashValues(std::ostream& out, const std::string& name,
                     const DescribedCommand& command) {
  ForEachOption(command, [&](const DescribedOption& option) {
    if (option.names.empty() || option.value.empty()) return;
    std::vector<std::string> patterns;
    for (const std::string& flag : option.names) {
      std::string pattern = name;
      pattern += ":" + flag;
      patterns.push_back(Quoted(pattern));
    }
    out << "    " << Join(patterns, "|") << ") ";
    if (option.is_path) {
      out << "mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";
    } else {
      out << "mapfile -t COMPREPLY < <(compgen -W "
          << Quoted(Join(option.choices, " ")) << " -- \"$current\")";
    }
    out << "; return ;;\n";
  });
}

std::string BashScript(const DescribedCommand& program) {
  std::ostringstream out;
  const std::string function = FunctionOf(program.name);
  out << "# bash completion for " << program.name << "\n"
      << function << "() {\n"
      << "  local command= word words\n"
      << "  local current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
      << "  local before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
      // bash makes a word of the = between a flag and its value.
      << "  if [[ $current == '=' ]]; then current=\n"
      << "  elif [[ $before == '=' ]]; then "
         "before=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n"
      << "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
      << "    case \"$word\" in\n";
  std::vector<std::string> names;
  for (const DescribedCommand& command : program.commands) {
    names.push_back(command.name);
  }
  if (!names.empty()) {
    out << "      " << Join(names, "|") << ") command=\"$word\"; break ;;\n";
  }
  out << "    esac\n  done\n  case \"$command:$before\" in\n";
  WriteBashValues(out, "", program);
  for (const DescribedCommand& command : program.commands) {
    WriteBashValues(out, command.name, command);
  }
  out << "  esac\n  case \"$command\" in\n";
  for (const DescribedCommand& command : program.commands) {
    out << "    " << command.name << ") words=" << Quoted(BashWords(command))
        << " ;;\n";
  }
  out << "    *) words=" << Quoted(BashWords(program)) << " ;;\n  esac\n"
      << "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
      << "  [[ ${#COMPREPLY[@]} -gt 0 || $current == -* ]] ||\n"
      << "    mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      << "}\n"
      << "complete -o filenames -F " << function << " " << program.name << "\n";
  return out.str();
}

// --- zsh

// Text between the brackets or colons of a specification of _arguments.
std::string ZshText(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '[' || letter == ']' || letter == ':' || letter == '\\') {
      escaped += '\\';
    }
    escaped += letter;
  }
  return escaped;
}

std::string ZshAction(const DescribedOption& option) {
  if (!option.choices.empty()) return "(" + Join(option.choices, " ") + ")";
  return option.is_path ? "_files" : " ";
}

void WriteZshArguments(std::ostream& out, const DescribedCommand& command,
                       std::string_view indent) {
  out << indent << "_arguments";
  ForEachOption(command, [&](const DescribedOption& option) {
    const std::string value =
        option.value.empty() ? "" : ":value:" + ZshAction(option);
    if (option.names.empty()) {
      out << " \\\n" << indent << "  " << Quoted("*" + value);
      return;
    }
    for (const std::string& name : option.names) {
      std::string specification = "*" + name;
      if (!value.empty() && name.starts_with("--")) specification += "=";
      specification += "[" + ZshText(option.help) + "]";
      specification += value;
      out << " \\\n" << indent << "  " << Quoted(specification);
    }
  });
}

std::string ZshScript(const DescribedCommand& program) {
  std::ostringstream out;
  const std::string function = FunctionOf(program.name);
  out << "#compdef " << program.name << "\n"
      << function << "() {\n"
      << "  local context state state_descr line\n"
      << "  typeset -A opt_args\n"
      << "  local -a commands=(\n";
  for (const DescribedCommand& command : program.commands) {
    out << "    " << Quoted(ZshText(command.name) + ":" + ZshText(command.help))
        << "\n";
  }
  out << "  )\n";
  WriteZshArguments(out, program, "  ");
  out << " \\\n    '1: :->command' '*:: :->arguments' && return\n"
      << "  case $state in\n"
      << "    command) _describe command commands ;;\n"
      << "    arguments)\n      case $line[1] in\n";
  for (const DescribedCommand& command : program.commands) {
    out << "        " << command.name << ")\n";
    WriteZshArguments(out, command, "          ");
    out << " ;;\n";
  }
  out << "      esac ;;\n  esac\n}\n"
      << "if [[ $funcstack[1] == " << function << " ]]; then\n  " << function
      << " \"$@\"\nelse\n  compdef " << function << " " << program.name
      << "\nfi\n";
  return out.str();
}

// --- fish

// fish knows two escapes in single quotes.
std::string FishText(std::string_view text) {
  std::string quoted = "'";
  for (const char letter : text) {
    if (letter == '\'' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "'";
}

void WriteFishOptions(std::ostream& out, const std::string& begin,
                      const DescribedCommand& command) {
  ForEachOption(command, [&](const DescribedOption& option) {
    out << begin;
    for (const std::string& name : option.names) {
      out << (name.starts_with("--") ? " -l " + name.substr(2)
                                     : " -s " + name.substr(1));
    }
    if (option.is_path) {
      out << " -r -F";
    } else if (!option.choices.empty()) {
      out << (option.names.empty() ? "" : " -x") << " -a "
          << FishText(Join(option.choices, " "));
    } else if (!option.value.empty() && !option.names.empty()) {
      out << " -x";
    }
    out << " -d " << FishText(option.help) << "\n";
  });
}

std::string FishScript(const DescribedCommand& program) {
  std::ostringstream out;
  const std::string begin = "complete -c " + program.name;
  out << "# fish completion for " << program.name << "\n" << begin << " -f\n";
  for (const DescribedCommand& command : program.commands) {
    out << begin << " -n __fish_use_subcommand -a " << command.name << " -d "
        << FishText(command.help) << "\n";
  }
  WriteFishOptions(out, begin + " -n __fish_use_subcommand", program);
  for (const DescribedCommand& command : program.commands) {
    WriteFishOptions(
        out, begin + " -n '__fish_seen_subcommand_from " + command.name + "'",
        command);
  }
  return out.str();
}

}  // namespace

std::string CompletionScript(const DescribedCommand& described, Shell shell) {
  DescribedCommand program = described;
  for (DescribedCommand& command : program.commands) {
    command = WithAllOptions(command, described);
  }
  switch (shell) {
    case Shell::kBash:
      return BashScript(program);
    case Shell::kZsh:
      return ZshScript(program);
    case Shell::kFish:
      return FishScript(program);
  }
  return "";
}

}  // namespace duroxide::cli
