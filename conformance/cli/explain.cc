#include <iostream>
#include <memory>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/commands.h"

namespace duroxide::conformance::cli {

Command AddExplain(CLI::App& app) {
  CLI::App* explain = app.add_subcommand(
      "explain",
      "Tells what a case proves, by which clauses and steps, and why providers "
      "fail it");
  const auto name = std::make_shared<std::string>();
  explain->add_option("case", *name, "Its name or category/name")
      ->required()
      ->type_name("CASE");
  return {explain, [name] { return ExplainCase(*name, std::cout, std::cerr); }};
}

}  // namespace duroxide::conformance::cli
