#include "conformance/spawn.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <system_error>
#include <utility>

#include "absl/strings/str_replace.h"
#include "conformance/free_port.h"
#include "conformance/patience.h"
#include "conformance/process.h"
#include "conformance/status_text.h"
#include "conformance/temporary_folder.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// What a provider may take until it serves, whatever it is written in.
constexpr absl::Duration kStartLimit = absl::Seconds(60);
// What it may take to end in order.
constexpr absl::Duration kGrace = absl::Seconds(5);

// The most that is shown of what it wrote, in bytes.
constexpr std::streamoff kMostOutput = 8192;

constexpr const char* kListen = "{listen}";
constexpr const char* kPort = "{port}";
constexpr const char* kData = "{data}";

// The only child of a process; 0 where it has none, several, or the kernel does
// not tell.
int64_t OnlyChildOf(int64_t pid) {
  std::ifstream children(Concat("/proc/", pid, "/task/", pid, "/children"));
  int64_t child = 0;
  int64_t second = 0;
  children >> child;
  return children >> second ? 0 : child;
}

bool IsShell(int64_t pid) {
  std::string name;
  std::ifstream(Concat("/proc/", pid, "/comm")) >> name;
  return name == "sh" || name == "dash" || name == "bash";
}

class SpawnedProvider final : public LaunchedProvider {
 public:
  SpawnedProvider(std::unique_ptr<TemporaryFolder> folder, std::string command,
                  std::string endpoint, std::string socket, CheckServes serves)
      : folder_(std::move(folder)),
        command_(std::move(command)),
        endpoint_(std::move(endpoint)),
        socket_(std::move(socket)),
        output_(folder_->File("output")),
        serves_(std::move(serves)) {}

  ~SpawnedProvider() override {
    if (process_ != nullptr) process_->Terminate(kGrace);
  }

  const std::string& endpoint() const override { return endpoint_; }

  absl::Status Start(const std::stop_token& stop) {
    const std::lock_guard lock(mutex_);
    auto started = Process::Start(command_, output_);
    if (!started.ok()) return started.status();
    process_ = *std::move(started);
    return WaitUntilServes(stop);
  }

  int64_t pid() const override {
    const std::lock_guard lock(mutex_);
    if (process_ == nullptr) return 0;
    // Some shells stay and wait for the command that they were given.
    int64_t pid = process_->pid();
    while (IsShell(pid)) {
      const int64_t child = OnlyChildOf(pid);
      if (child == 0) break;
      pid = child;
    }
    return pid;
  }

  absl::Status Restart(const std::stop_token& stop) override {
    {
      const std::lock_guard lock(mutex_);
      if (process_ != nullptr) process_->Kill();
      process_.reset();
      // A socket outlives its process, and would be in the way.
      std::error_code ignored;
      if (!socket_.empty()) std::filesystem::remove(socket_, ignored);
    }
    return Start(stop);
  }

  size_t OutputSize() const override {
    std::error_code none;
    const auto size = std::filesystem::file_size(output_, none);
    return none ? 0 : static_cast<size_t>(size);
  }

  std::string OutputSince(size_t position) const override {
    std::ifstream file(output_);
    file.seekg(0, std::ios::end);
    const std::streamoff size = file.tellg();
    const auto begin =
        std::max(static_cast<std::streamoff>(position), size - kMostOutput);
    file.seekg(begin);
    std::ostringstream text;
    if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
    return text.str();
  }

 private:
  absl::Status WaitUntilServes(const std::stop_token& stop) {
    Patience patience(std::stop_token(), kStartLimit);
    absl::Status serves;
    do {
      if (const auto ended = process_->Ended()) {
        return Refusal(Concat("ended with ", *ended, " instead of serving at ",
                              endpoint_));
      }
      serves = serves_(endpoint_);
      if (serves.ok()) return serves;
      if (stop.stop_requested()) return absl::CancelledError("interrupted");
    } while (patience.Pause());
    return Refusal(Concat("does not serve at ", endpoint_, " after ",
                          absl::FormatDuration(kStartLimit), ": ",
                          StatusText(serves)));
  }

  absl::Status Refusal(const std::string& why) const {
    const std::string written = OutputSince(0);
    return absl::UnavailableError(Concat(
        "--spawn: the provider ", why, "\nstarted by: ", command_,
        "\nit wrote:   ", written.empty() ? "nothing" : Concat("\n", written)));
  }

  const std::unique_ptr<TemporaryFolder> folder_;
  const std::string command_;
  const std::string endpoint_;
  // Its path; empty where it serves at a port.
  const std::string socket_;
  const std::string output_;
  const CheckServes serves_;
  mutable std::mutex mutex_;
  std::unique_ptr<Process> process_;
};

class SpawnLauncher final : public Launcher {
 public:
  SpawnLauncher(std::string command, CheckServes serves)
      : command_(std::move(command)), serves_(std::move(serves)) {}

  absl::StatusOr<std::unique_ptr<LaunchedProvider>> Launch(
      const std::stop_token& stop) override {
    auto folder = TemporaryFolder::Make();
    if (!folder.ok()) return folder.status();
    std::string socket;
    std::string endpoint;
    std::string listen;
    if (command_.find(kListen) != std::string::npos) {
      socket = (*folder)->File("socket");
      endpoint = Concat("unix:", socket);
      listen = endpoint;
    } else {
      const absl::StatusOr<int> port = FreePort();
      if (!port.ok()) return port.status();
      endpoint = Concat("127.0.0.1:", *port);
      listen = std::to_string(*port);
    }
    const std::string data = (*folder)->File("data");
    const std::string command = absl::StrReplaceAll(
        command_, {{socket.empty() ? kPort : kListen, ShellQuoted(listen)},
                   {kData, ShellQuoted(data)}});
    auto provider = std::make_unique<SpawnedProvider>(
        *std::move(folder), command, endpoint, socket, serves_);
    if (absl::Status started = provider->Start(stop); !started.ok()) {
      return started;
    }
    return provider;
  }

 private:
  const std::string command_;
  const CheckServes serves_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Launcher>> MakeSpawnLauncher(
    std::string command, CheckServes serves) {
  const bool has_listen = command.find(kListen) != std::string::npos;
  const bool has_port = command.find(kPort) != std::string::npos;
  if (has_listen == has_port) {
    return absl::InvalidArgumentError(Concat(
        "--spawn ", command, ": has ", has_listen ? "both " : "neither ",
        kListen, has_listen ? " and " : " nor ", kPort,
        "; one of them stands where the command takes the address to serve "
        "at"));
  }
  return std::make_unique<SpawnLauncher>(std::move(command), std::move(serves));
}

}  // namespace duroxide::conformance
