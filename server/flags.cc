#include "server/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "cli/documents.h"
#include "cli/environment.h"

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

constexpr char kVariables[] = "DUROXIDE_PROVIDER_";

constexpr char kNotes[] =
    "Each flag can also be given by an environment variable, as --log-level "
    "by\n"
    "DUROXIDE_PROVIDER_LOG_LEVEL, and by a line in the file of --config: "
    "log-level = \"debug\"\n"
    "A flag wins over its variable, and a variable over the file.\n"
    "\n"
    "Exit codes:\n"
    "  0  stopped in order; the command did what it was told\n"
    "  1  health: the server does not serve\n"
    "  2  wrong flags, or something that they name cannot be had\n"
    "  130 and 143 after a second SIGINT and SIGTERM";

// The flags with which a server is set up. `flags` outlives the app.
void Define(CLI::App& app, Flags& flags) {
  // The environment's come first, and those of the command line win.
  app.option_defaults()->take_last();
  app.add_option("--provider", flags.engine, "The storage engine")
      ->check(CLI::IsMember({"sqlite"}))
      ->option_text("sqlite");
  app.add_option("--database", flags.database,
                 "The database: a file, made if it is missing, or :memory:")
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
  app.add_option_function<std::string>(
         "--shutdown-grace",
         [&flags](const std::string& text) {
           absl::ParseDuration(text, &flags.shutdown_grace);
         },
         "How long accepted calls may take to finish after SIGTERM")
      ->check(IsDuration())
      ->option_text("DURATION=" + absl::FormatDuration(flags.shutdown_grace));
  cli::AddConfigFile(app, "A file with flags: lines \"flag = value\"");
  cli::NameVariables(app, kVariables);
}

// A command that takes the flags of the server too.
CLI::App* AddCommand(CLI::App& app, const std::string& name,
                     const std::string& help, Flags& flags, Command command) {
  return app.add_subcommand(name, help)
      ->fallthrough()
      ->parse_complete_callback([&flags, command] { flags.command = command; });
}

void AddCommands(CLI::App& app, Flags& flags) {
  AddCommand(app, "backup",
             "Copies --database to a new file, as it is at one moment, while "
             "it is served or not",
             flags, Command::kBackup)
      ->add_option("file", flags.file, "The copy; not there yet")
      ->required()
      ->option_text("FILE");
  AddCommand(app, "restore",
             "Makes --database, which is not there yet, from a backup", flags,
             Command::kRestore)
      ->add_option("file", flags.file, "The backup")
      ->required()
      ->option_text("FILE");
  AddCommand(app, "health",
             "Asks the server at --listen whether it serves; exit code 0 where "
             "it does, 1 where it does not",
             flags, Command::kHealth);
}

// Why the flags, each right by itself, are wrong together; empty where they are
// not.
std::string Objection(const Flags& flags) {
  if (flags.database.empty() && flags.command != Command::kHealth) {
    return "--database is required";
  }
  return "";
}

EndOfProgram WrongUse(const std::string& what) {
  return EndOfProgram{kExitUsage, "duroxide-provider: " + what +
                                      "; see duroxide-provider --help\n"};
}

// What is parsed: the environment, and then the command line.
std::vector<std::string> Arguments(int argc, const char* const* argv) {
  Flags scratch;
  std::vector<std::string> arguments = cli::ArgumentsFromEnvironment(
      [&scratch](CLI::App& app) { Define(app, scratch); });
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  // CLI11 takes them from the back.
  std::ranges::reverse(arguments);
  return arguments;
}

}  // namespace

std::variant<Flags, EndOfProgram> ParseFlags(int argc, const char* const* argv,
                                             const std::string& version) {
  Flags flags;
  CLI::App app(
      "Serves a durable-execution provider over gRPC until SIGTERM or SIGINT",
      "duroxide-provider");
  app.set_version_flag("--version", "duroxide-provider " + version);
  app.footer(kNotes);
  Define(app, flags);
  AddCommands(app, flags);
  const cli::Documents documents(app);
  try {
    app.parse(Arguments(argc, argv));
  } catch (const CLI::CallForHelp&) {
    return EndOfProgram{0, app.help()};
  } catch (const CLI::CallForVersion&) {
    return EndOfProgram{0, app.version() + "\n"};
  } catch (const CLI::ConfigError& error) {
    return WrongUse(std::string("--config: ") + error.what());
  } catch (const CLI::FileError& error) {
    return WrongUse(std::string("--config: ") + error.what());
  } catch (const CLI::ParseError& error) {
    return WrongUse(error.what());
  }
  if (auto text = documents.Text(version); text.has_value()) {
    return EndOfProgram{0, *text};
  }
  if (const std::string objection = Objection(flags); !objection.empty()) {
    return WrongUse(objection);
  }
  return flags;
}

}  // namespace duroxide::server
