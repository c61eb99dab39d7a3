#include "conformance/cli/durations.h"

#include "conformance/flags.h"

namespace duroxide::conformance::cli {

CLI::Option* AddDuration(CLI::App& app, const std::string& flag,
                         const std::string& help, absl::Duration least,
                         absl::Duration most,
                         const std::function<void(absl::Duration)>& set) {
  return app
      .add_option_function<std::string>(
          flag,
          [=](const std::string& text) {
            const auto parsed = ParseDuration(text, least, most);
            if (!parsed.ok()) {
              throw CLI::ValidationError(
                  flag + " " + text, std::string(parsed.status().message()));
            }
            set(*parsed);
          },
          help)
      ->type_name("DURATION");
}

}  // namespace duroxide::conformance::cli
