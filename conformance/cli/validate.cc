#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "conformance/cli/command.h"
#include "conformance/cli/durations.h"
#include "conformance/cli/outputs.h"
#include "conformance/commands.h"
#include "conformance/flags.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes of validate:\n"
    "  0  all cases passed, or failed as foretold\n"
    "  1  a case failed, or passed although a failure was foretold\n"
    "  2  nothing could be run: wrong flags, no provider, no case\n"
    "  3  no case failed, but the runner was too slow to judge some\n"
    "  130 and 143 after SIGINT and SIGTERM";

void AddTarget(CLI::App& validate, TargetOptions& target) {
  static const std::map<std::string, Isolation> isolations = {
      {"store", Isolation::kStore},
      {"spawn", Isolation::kSpawn},
      {"shared", Isolation::kShared}};
  CLI::Option* endpoint =
      validate
          .add_option("--endpoint", target.endpoints,
                      "The provider to judge: HOST:PORT or unix:PATH. Given "
                      "several times: replicas of one backend; the calls of "
                      "each case go round them")
          ->type_name("ENDPOINT");
  AddDuration(validate, "--wait",
              "How long the provider at the endpoint may take to answer for "
              "the first time, as where it is just being started; 0 without it",
              absl::ZeroDuration(), absl::Hours(1),
              [&target](absl::Duration parsed) { target.wait = parsed; })
      ->needs(endpoint);
  CLI::Option* spawn =
      validate
          .add_option("--spawn", target.spawn,
                      "The shell command that starts the provider, where no "
                      "endpoint is given. {listen} in it is where to serve, as "
                      "unix:PATH, or else {port}, a port of 127.0.0.1; {data} "
                      "is a path for the data. The runner starts, kills, "
                      "restarts and ends it")
          ->type_name("COMMAND")
          ->excludes(endpoint);
  validate
      .add_option("--embedded", target.embedded,
                  "The provider to start in this process where neither is "
                  "given: sqlite for a temporary database, or sqlite:FILE")
      ->type_name("PROVIDER")
      ->capture_default_str()
      ->excludes(endpoint)
      ->excludes(spawn);
  validate
      .add_option("--isolation", target.isolation,
                  "How cases are kept apart: store, each in a fresh store; "
                  "spawn, each in a process of its own; shared, one at a time "
                  "in the default store, WHOSE CONTENT IS LOST. Without it: "
                  "what the provider allows, of the first two")
      ->transform(CLI::CheckedTransformer(isolations).description(""))
      ->type_name("HOW");
}

void AddSelection(CLI::App& validate, ValidateOptions& options) {
  static const std::map<std::string, std::optional<Profile>> profiles = {
      {"core", Profile::kCore},
      {"strict", Profile::kStrict},
      {"all", std::nullopt}};
  validate
      .add_option_function<std::string>(
          "--profile",
          [&options](const std::string& name) {
            options.profile = profiles.at(name);
          },
          "Which groups of cases: core, strict or all")
      ->check(CLI::IsMember(profiles).description(""))
      ->type_name("PROFILE")
      ->default_str("all");
  validate
      .add_option("--run", options.run,
                  "Only these cases: globs of category/name, category or name")
      ->type_name("PATTERN");
  validate.add_option("--skip", options.skip, "Not these cases")
      ->type_name("PATTERN");
}

void AddRepetition(CLI::App& validate, ValidateOptions& options) {
  CLI::Option* repeat =
      validate
          .add_option("--repeat", options.plan.repeat,
                      "How often each case is run, 1 to 1000000")
          ->check(CLI::Range(1, 1'000'000).description(""))
          ->type_name("N")
          ->capture_default_str();
  AddDuration(
      validate, "--repeat-for", "Runs all cases again and again for this long",
      absl::Milliseconds(1), absl::Hours(24 * 365),
      [&options](absl::Duration parsed) { options.plan.repeat_for = parsed; })
      ->excludes(repeat);
  validate.add_flag("--shuffle", options.plan.shuffle,
                    "Runs the cases in an order that the seed decides");
  validate
      .add_option("--seed", options.seed,
                  "Where chance begins: the same seed makes the same choices. "
                  "Without it any; each run prints its own")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("N");
}

void AddPace(CLI::App& validate, ValidateOptions& options) {
  validate
      .add_option("--jobs", options.jobs,
                  "Cases at a time, 1 to 1000. Without it 64 in stores, one a "
                  "processor in processes; in the shared store it is 1")
      ->check(CLI::Range(1, 1000).description(""))
      ->type_name("N");
  AddDuration(
      validate, "--lock-timeout",
      "How long the cases' locks are held, 10ms to 1h. Without it 1s, "
      "and more where the provider is far",
      absl::Milliseconds(10), absl::Hours(1),
      [&options](absl::Duration parsed) { options.lock_timeout = parsed; });
  AddDuration(
      validate, "--round-trip",
      "What a call takes at most that does next to nothing; without it "
      "this is measured. Decides what is \"at once\", and the lock time",
      absl::ZeroDuration(), absl::Minutes(1),
      [&options](absl::Duration parsed) { options.round_trip = parsed; });
  AddDuration(
      validate, "--timeout",
      "How long one attempt at a case may take before it fails. Without it 5m, "
      "and more where the provider is far",
      absl::Seconds(1), absl::Hours(24),
      [&options](absl::Duration parsed) { options.case_timeout = parsed; });
}

void AddJudgement(CLI::App& validate, ValidateOptions& options) {
  validate
      .add_option("--known-failing", options.known_failing,
                  "A list of cases that must fail, with reason, owner and "
                  "expiry date; see docs/validate.md")
      ->type_name("FILE");
  validate
      .add_option("--known-flaky", options.known_flaky,
                  "A list of the same form, of cases that may fail")
      ->type_name("FILE");
  validate.add_flag("--require-capabilities", options.require_capabilities,
                    "A case fails where it would be skipped, because the "
                    "provider does not declare what it needs");
  validate.add_flag("--trace", options.trace,
                    "Prints every call to standard error as it ends");
}

}  // namespace

Command AddValidate(CLI::App& app, const std::string& program) {
  const auto options = std::make_shared<ValidateOptions>();
  options->program = program;
  CLI::App* validate = app.add_subcommand("validate", "Judges a provider");
  validate->footer(kExitCodes);
  AddTarget(*validate, options->target);
  AddSelection(*validate, *options);
  AddRepetition(*validate, *options);
  AddPace(*validate, *options);
  AddJudgement(*validate, *options);
  AddOutputs(*validate, options->outputs);
  return {validate,
          [options] { return Validate(*options, std::cout, std::cerr); }};
}

}  // namespace duroxide::conformance::cli
