#include <iostream>
#include <memory>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/cli/outputs.h"
#include "conformance/commands.h"
#include "conformance/flags.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes of validate:\n"
    "  0  all cases passed\n"
    "  1  a case failed\n"
    "  2  nothing could be run: wrong flags, no provider, no case\n"
    "  3  no case failed, but the runner was too slow to judge some\n"
    "  130 and 143 after SIGINT and SIGTERM";

void AddTarget(CLI::App& validate, ValidateOptions& options) {
  CLI::Option* endpoint =
      validate
          .add_option("--endpoint", options.endpoint,
                      "The provider to judge: HOST:PORT or unix:PATH")
          ->type_name("ENDPOINT");
  validate
      .add_option("--embedded", options.embedded,
                  "The provider to start and judge where no endpoint is "
                  "given: sqlite for a temporary database, or sqlite:FILE")
      ->type_name("PROVIDER")
      ->capture_default_str()
      ->excludes(endpoint);
}

void AddSelection(CLI::App& validate, ValidateOptions& options) {
  validate
      .add_option("--run", options.run,
                  "Only these cases: globs of category/name, category or name")
      ->type_name("PATTERN");
  validate.add_option("--skip", options.skip, "Not these cases")
      ->type_name("PATTERN");
}

void AddPace(CLI::App& validate, ValidateOptions& options) {
  validate.add_option("--jobs", options.jobs, "Cases at a time, 1 to 1000")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N")
      ->capture_default_str();
  validate
      .add_option_function<std::string>(
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

}  // namespace

Command AddValidate(CLI::App& app, const std::string& program) {
  const auto options = std::make_shared<ValidateOptions>();
  options->program = program;
  CLI::App* validate = app.add_subcommand("validate", "Judges a provider");
  validate->footer(kExitCodes);
  AddTarget(*validate, *options);
  AddSelection(*validate, *options);
  AddPace(*validate, *options);
  AddOutputs(*validate, options->outputs);
  return {validate,
          [options] { return Validate(*options, std::cout, std::cerr); }};
}

}  // namespace duroxide::conformance::cli
