// duroxide-compat: judges providers of durable-execution storage.

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <string>

#include "conformance/commands.h"
#include "conformance/exit_codes.h"
#include "conformance/flags.h"

namespace {

using namespace duroxide::conformance;  // NOLINT: this is the program itself

constexpr char kExitCodes[] =
    "Exit codes of validate:\n"
    "  0  all cases passed\n"
    "  1  a case failed\n"
    "  2  nothing could be run: wrong flags, no provider, no case\n"
    "  3  no case failed, but the runner was too slow to judge some\n"
    "  130 and 143 after SIGINT and SIGTERM";

struct Flags {
  ListFormat format = ListFormat::kText;
  std::string explained;
  ValidateOptions validate;
};

void AddList(CLI::App& app, Flags& flags) {
  static const std::map<std::string, ListFormat> formats = {
      {"text", ListFormat::kText}, {"tsv", ListFormat::kTsv}};
  CLI::App* list = app.add_subcommand("list", "Lists the cases");
  list->add_option("--format", flags.format,
                   "text, or tsv: category, name, upstream name, profile, "
                   "clauses, needs")
      ->transform(CLI::CheckedTransformer(formats).description(""))
      ->type_name("FORMAT")
      ->default_str("text");
}

void AddExplain(CLI::App& app, Flags& flags) {
  CLI::App* explain = app.add_subcommand(
      "explain",
      "Tells what a case proves, by which clauses and steps, and why providers "
      "fail it");
  explain->add_option("case", flags.explained, "Its name or category/name")
      ->required()
      ->type_name("CASE");
}

void AddValidate(CLI::App& app, Flags& flags) {
  ValidateOptions& options = flags.validate;
  CLI::App* validate = app.add_subcommand("validate", "Judges a provider");
  validate->footer(kExitCodes);
  CLI::Option* endpoint =
      validate
          ->add_option("--endpoint", options.endpoint,
                       "The provider to judge: HOST:PORT or unix:PATH")
          ->type_name("ENDPOINT");
  validate
      ->add_option("--embedded", options.embedded,
                   "The provider to start and judge where no endpoint is "
                   "given: sqlite for a temporary database, or sqlite:FILE")
      ->type_name("PROVIDER")
      ->capture_default_str()
      ->excludes(endpoint);
  validate
      ->add_option("--run", options.run,
                   "Only these cases: globs of category/name, category or name")
      ->type_name("PATTERN");
  validate->add_option("--skip", options.skip, "Not these cases")
      ->type_name("PATTERN");
  validate->add_option("--jobs", options.jobs, "Cases at a time, 1 to 1000")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  validate
      ->add_option_function<std::string>(
          "--lock-timeout",
          [&options](const std::string& text) {
            const auto parsed = ParseLockTimeout(text);
            if (!parsed.ok()) {
              throw CLI::ValidationError(
                  "--lock-timeout " + text,
                  std::string(parsed.status().message()));
            }
            options.lock_timeout = *parsed;
          },
          "How long the cases' locks are held")
      ->type_name("DURATION")
      ->default_str("1s");
}

int Run(int argc, char** argv) {
  CLI::App app("Judges providers of durable-execution storage.");
  app.set_version_flag("--version", DUROXIDE_COMPAT_VERSION);
  app.require_subcommand(1);
  Flags flags;
  flags.validate.program = argv[0];
  AddList(app, flags);
  AddExplain(app, flags);
  AddValidate(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitPassed : kExitCouldNotRun;
  }
  if (app.got_subcommand("list")) return ListCases(flags.format, std::cout);
  if (app.got_subcommand("explain")) {
    return ExplainCase(flags.explained, std::cout, std::cerr);
  }
  return Validate(flags.validate, std::cout, std::cerr);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "duroxide-compat: " << error.what() << "\n";
    return kExitCouldNotRun;
  }
}
