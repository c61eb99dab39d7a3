#include "cli/man_page.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>

namespace duroxide::cli {
namespace {

// Text as troff sets it unchanged: dashes stay dashes, which can be copied, and
// no line is taken for a request.
std::string Plain(std::string_view text) {
  std::string plain;
  bool line_begins = true;
  for (const char letter : text) {
    if (line_begins && (letter == '.' || letter == '\'')) plain += "\\&";
    line_begins = letter == '\n';
    switch (letter) {
      case '\\':
        plain += "\\e";
        break;
      case '-':
        plain += "\\-";
        break;
      default:
        plain += letter;
    }
  }
  return plain;
}

// An argument of a macro.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : Plain(text)) {
    if (letter == '"') {
      quoted += "\\(dq";
    } else {
      quoted += letter;
    }
  }
  return quoted + "\"";
}

std::string Capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char letter) {
    return static_cast<char>(std::toupper(letter));
  });
  return text;
}

void WriteOption(std::ostream& out, const DescribedOption& option) {
  out << ".TP\n";
  std::string names;
  for (const std::string& name : option.names) {
    names += (names.empty() ? "\\fB" : ", \\fB") + Plain(name) + "\\fR";
  }
  out << names;
  if (!option.value.empty()) {
    out << (names.empty() ? "" : " ") << "\\fI" << Plain(option.value)
        << "\\fR";
  }
  out << "\n" << Plain(option.help) << ".\n";
  if (!option.variable.empty()) {
    out << "Environment: \\fB" << Plain(option.variable) << "\\fR.\n";
  }
}

void WriteGroups(std::ostream& out, const DescribedCommand& command,
                 std::string_view macro) {
  for (const DescribedGroup& group : command.groups) {
    out << macro << " " << Quoted(Capitals(group.name)) << "\n";
    for (const DescribedOption& option : group.options) {
      WriteOption(out, option);
    }
  }
}

// Set line by line, as --help prints it. Lines that end in a colon begin a
// part.
void WriteFooter(std::ostream& out, const DescribedCommand& command) {
  if (command.footer.empty()) return;
  out << ".PP\n.nf\n" << Plain(command.footer) << "\n.fi\n";
}

}  // namespace

std::string ManPage(const DescribedCommand& program,
                    const std::string& version) {
  std::ostringstream out;
  out << ".TH " << Quoted(Capitals(program.name)) << " 1 \"\" "
      << Quoted(program.name + " " + version) << " \"User Commands\"\n"
      << ".SH NAME\n"
      << Plain(program.name) << " \\- " << Plain(program.help) << "\n"
      << ".SH SYNOPSIS\n.B " << Plain(program.name) << "\n";
  if (!program.commands.empty()) out << "[\\fICOMMAND\\fR]\n";
  out << "[\\fIOPTIONS\\fR]\n";
  WriteGroups(out, program, ".SH");
  if (!program.commands.empty()) out << ".SH COMMANDS\n";
  for (const DescribedCommand& command : program.commands) {
    out << ".SS " << Quoted(command.name) << "\n"
        << Plain(command.help) << ".\n";
    for (const DescribedGroup& group : command.groups) {
      for (const DescribedOption& option : group.options) {
        WriteOption(out, option);
      }
    }
    WriteFooter(out, command);
  }
  if (!program.footer.empty()) {
    out << ".SH NOTES\n";
    WriteFooter(out, program);
  }
  return out.str();
}

}  // namespace duroxide::cli
