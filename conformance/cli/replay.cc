#include <iostream>
#include <memory>

#include "conformance/cli/command.h"
#include "conformance/commands.h"

namespace duroxide::conformance::cli {
namespace {

constexpr char kExitCodes[] =
    "Exit codes of replay:\n"
    "  0  all answers are the same as before\n"
    "  1  an answer differs\n"
    "  2  nothing could be sent: wrong flags, no provider, no transcript\n"
    "  130 and 143 after SIGINT and SIGTERM";

}  // namespace

Command AddReplay(CLI::App& app) {
  const auto options = std::make_shared<ReplayOptions>();
  CLI::App* replay = app.add_subcommand(
      "replay",
      "Sends the calls of a failed case again and shows where the answers "
      "differ");
  replay->footer(kExitCodes);
  replay
      ->add_option("file", options->file,
                   "A transcript that validate --artifacts left")
      ->required()
      ->type_name("FILE");
  CLI::Option* endpoint =
      replay
          ->add_option("--endpoint", options->endpoint,
                       "The provider to send them to: HOST:PORT or unix:PATH")
          ->type_name("ENDPOINT");
  replay
      ->add_option("--embedded", options->embedded,
                   "The provider to start where no endpoint is given: sqlite "
                   "for a temporary database, or sqlite:FILE")
      ->type_name("PROVIDER")
      ->capture_default_str()
      ->excludes(endpoint);
  return {replay, [options] {
            return ReplayTranscript(*options, std::cout, std::cerr);
          }};
}

}  // namespace duroxide::conformance::cli
