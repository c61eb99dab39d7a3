#include "server/flags.h"

#include <CLI/CLI.hpp>
#include <limits>
#include <utility>
#include <vector>

namespace duroxide::server {
namespace {

// Protobuf's own limit is just below 2 GiB.
constexpr uint64_t kLeastMessageBytes = 1024;
constexpr uint64_t kMostMessageBytes = std::numeric_limits<int32_t>::max();

CLI::Validator IsDuration() {
  return CLI::Validator(
      [](const std::string& text) {
        absl::Duration duration;
        return absl::ParseDuration(text, &duration) &&
                       duration >= absl::ZeroDuration()
                   ? std::string()
                   : "\"" + text + "\" is no duration; give one like 30s";
      },
      "DURATION");
}

// An option whose value is one of some words.
template <typename T>
CLI::Option* AddChoice(CLI::App& app, const std::string& name, T& target,
                       const std::vector<std::pair<std::string, T>>& choices,
                       const std::string& help) {
  std::string words;
  for (const auto& [word, value] : choices) {
    words += (words.empty() ? "" : "|") + word;
  }
  const auto set = [&target, choices, name, words](const std::string& text) {
    for (const auto& [word, value] : choices) {
      if (word != text) continue;
      target = value;
      return;
    }
    throw CLI::ValidationError(name, text + " is none of " + words);
  };
  return app.add_option_function<std::string>(name, set, help)
      ->option_text(words);
}

void Define(CLI::App& app, Flags& flags, std::string& grace) {
  app.add_option("--provider", flags.engine, "The storage engine")
      ->check(CLI::IsMember({"sqlite"}))
      ->option_text("sqlite");
  app.add_option("--database", flags.database,
                 "The database: a file, made if it is missing, or :memory:")
      ->required()
      ->option_text("FILE (required)");
  app.add_option("--listen", flags.listen,
                 "Where to serve: HOST:PORT (port 0 picks a free one) or "
                 "unix:PATH")
      ->option_text("ADDRESS=" + flags.listen);
  app.add_option("--metrics-listen", flags.metrics_listen,
                 "Where to serve /metrics over HTTP: HOST:PORT; without it "
                 "nowhere")
      ->option_text("HOST:PORT");
  app.add_flag("--enable-test-service", flags.enable_test_service,
               "Serve ProviderTestService too, which can destroy work");
  app.add_option("--max-message-bytes", flags.max_message_bytes,
                 "The largest request or reply; 1KiB to 2GiB")
      ->transform(CLI::AsSizeValue(false))
      ->check(CLI::Range(kLeastMessageBytes, kMostMessageBytes))
      ->option_text("BYTES=64MiB");
  AddChoice<LogFormat>(
      app, "--log-format", flags.log_format,
      {{"text", LogFormat::kText}, {"json", LogFormat::kJson}},
      "How logs are written to stderr; text unless it is said");
  AddChoice<LogLevel>(app, "--log-level", flags.log_level,
                      {{"debug", LogLevel::kDebug},
                       {"info", LogLevel::kInfo},
                       {"warning", LogLevel::kWarning},
                       {"error", LogLevel::kError}},
                      "The least that is logged; info unless it is said");
  app.add_option("--shutdown-grace", grace,
                 "How long accepted calls may take to finish after SIGTERM")
      ->check(IsDuration())
      ->option_text("DURATION=" + grace);
}

}  // namespace

std::variant<Flags, EndOfProgram> ParseFlags(int argc, const char* const* argv,
                                             const std::string& version) {
  Flags flags;
  std::string grace = absl::FormatDuration(flags.shutdown_grace);
  CLI::App app(
      "Serves a durable-execution provider over gRPC until SIGTERM or SIGINT.",
      "duroxide-provider");
  app.set_version_flag("--version", "duroxide-provider " + version);
  Define(app, flags, grace);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return EndOfProgram{0, app.help()};
  } catch (const CLI::CallForVersion&) {
    return EndOfProgram{0, app.version() + "\n"};
  } catch (const CLI::ParseError& error) {
    return EndOfProgram{kExitUsage,
                        "duroxide-provider: " + std::string(error.what()) +
                            "; see duroxide-provider --help\n"};
  }
  absl::ParseDuration(grace, &flags.shutdown_grace);
  return flags;
}

}  // namespace duroxide::server
