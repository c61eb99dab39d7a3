#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/commands.h"

namespace duroxide::conformance::cli {

Command AddList(CLI::App& app) {
  static const std::map<std::string, ListFormat> formats = {
      {"text", ListFormat::kText}, {"tsv", ListFormat::kTsv}};
  CLI::App* list = app.add_subcommand("list", "Lists the cases");
  const auto format = std::make_shared<ListFormat>(ListFormat::kText);
  list->add_option("--format", *format,
                   "text, or tsv: category, name, upstream name, profile, "
                   "clauses, needs")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT")
      ->default_str("text");
  return {list, [format] { return ListCases(*format, std::cout); }};
}

}  // namespace duroxide::conformance::cli
