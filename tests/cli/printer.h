#ifndef DUROXIDE_TESTS_CLI_PRINTER_H_
#define DUROXIDE_TESTS_CLI_PRINTER_H_

#include "cli/described.h"

namespace duroxide::cli {

// A program with a flag of every kind, and texts that are hard to quote.
inline DescribedCommand Printer() {
  return {
      .name = "print-it",
      .help = "Prints what it's told",
      .footer = "Exit codes:\n  0  printed\n.  'odd'",
      .groups = {{.name = "Options",
                  .options = {{.names = {"-h", "--help"},
                               .value = "",
                               .choices = {},
                               .is_path = false,
                               .variable = "",
                               .help = "Tells this"},
                              {.names = {"--color"},
                               .value = "red|green",
                               .choices = {"red", "green"},
                               .is_path = false,
                               .variable = "PRINT_COLOR",
                               .help = "It's a [color]: \"red\" or \\green"},
                              {.names = {"--file"},
                               .value = "FILE",
                               .choices = {},
                               .is_path = true,
                               .variable = "PRINT_FILE",
                               .help = "What to print"}}}},
      .commands = {{.name = "check",
                    .help = "Checks it",
                    .footer = "",
                    .groups = {},
                    .commands = {},
                    .takes_options_of_program = true},
                   {.name = "list",
                    .help = "Lists all",
                    .footer = "",
                    .groups = {},
                    .commands = {}}}};
}

}  // namespace duroxide::cli

#endif  // DUROXIDE_TESTS_CLI_PRINTER_H_
