#ifndef DUROXIDE_CLI_DESCRIBED_H_
#define DUROXIDE_CLI_DESCRIBED_H_

// What a program's command line consists of, read from the parser itself: what
// --help tells, manual pages and completion tell the same.

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace duroxide::cli {

// A flag, or an argument without one.
struct DescribedOption {
  // With their dashes, short ones first; empty for an argument without a flag.
  std::vector<std::string> names;
  // What stands for its value, such as "HOST:PORT=127.0.0.1:50051"; empty for a
  // flag that has none.
  std::string value;
  // The words that the value is one of, where it is one of some.
  std::vector<std::string> choices;
  // The value is the path of a file or folder.
  bool is_path = false;
  // "" where there is none.
  std::string variable;
  std::string help;
};

// The options of a heading.
struct DescribedGroup {
  std::string name;
  std::vector<DescribedOption> options;
};

struct DescribedCommand {
  // The program's name, or the command's.
  std::string name;
  std::string help;
  // The text below the options, such as a table of exit codes.
  std::string footer;
  std::vector<DescribedGroup> groups;
  std::vector<DescribedCommand> commands;
  // Takes the options of the program too.
  bool takes_options_of_program = false;
};

DescribedCommand Describe(const CLI::App& app);

}  // namespace duroxide::cli

#endif  // DUROXIDE_CLI_DESCRIBED_H_
