#ifndef DUROXIDE_SERVER_FLAGS_H_
#define DUROXIDE_SERVER_FLAGS_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "logging/log.h"

namespace duroxide::server {

// What duroxide-provider can be told to do.
enum class Command {
  kServe,    // what it does without a command
  kBackup,   // copy the database, served or not, to a file
  kRestore,  // make the database from such a file
  kHealth,   // ask the server at `listen` whether it serves
};

// What the command line, the environment and the configuration file say.
struct Flags {
  Command command = Command::kServe;
  std::string file;  // of a backup
  std::string engine = "sqlite";
  std::string database;
  std::string listen = "127.0.0.1:50051";
  std::string metrics_listen;  // empty: no metrics are served
  bool enable_test_service = false;
  uint64_t max_message_bytes = uint64_t{64} << 20;
  LogFormat log_format = LogFormat::kText;
  LogLevel log_level = LogLevel::kInfo;
  absl::Duration shutdown_grace = absl::Seconds(30);
};

// Why the program ends without serving: what it was asked to tell, or what is
// wrong with the command line.
struct EndOfProgram {
  int exit_code;
  std::string text;
};

// A flag on the command line wins over its environment variable, and that over
// the configuration file.
std::variant<Flags, EndOfProgram> ParseFlags(int argc, const char* const* argv,
                                             const std::string& version);

// The server that `health` asked does not serve.
inline constexpr int kExitNotServing = 1;
// Wrong flags, or something that they name cannot be had.
inline constexpr int kExitUsage = 2;

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_FLAGS_H_
