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
  struct Flags {
    ListFormat format = ListFormat::kText;
    bool clauses = false;
  };
  CLI::App* list = app.add_subcommand("list", "Lists the cases");
  const auto flags = std::make_shared<Flags>();
  list->add_option("--format", flags->format,
                   "text, or tsv: category, name, upstream name, profile, "
                   "clauses, needs; of clauses: clause, title, cases, reason "
                   "where there are none")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT")
      ->default_str("text");
  list->add_flag("--clauses", flags->clauses,
                 "Lists the contract's clauses with the cases that prove them");
  return {list, [flags] {
            return flags->clauses ? ListClauses(flags->format, std::cout)
                                  : ListCases(flags->format, std::cout);
          }};
}

}  // namespace duroxide::conformance::cli
