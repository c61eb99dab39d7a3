#ifndef DUROXIDE_BENCH_WORKBENCH_H_
#define DUROXIDE_BENCH_WORKBENCH_H_

// What all measurements share: the folder, the stocked databases, and how the
// servers are started.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "bench/process.h"
#include "bench/stock.h"
#include "providers/provider.h"

namespace duroxide::bench {

enum class Transport { kUnix, kTcp };
inline const char* NameOf(Transport transport) {
  return transport == Transport::kUnix ? "unix" : "tcp";
}

// A database of its own, as it was stocked; gone when this is destroyed.
class Database {
 public:
  Database(std::string file, const std::vector<Held>& held)
      : file_(std::move(file)), held_(held) {}
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  const std::string& file() const { return file_; }
  // What is locked in it.
  const std::vector<Held>& held() const { return held_; }

 private:
  const std::string file_;
  const std::vector<Held>& held_;
};

// A duroxide-provider and a client that is connected to it.
struct Server {
  std::unique_ptr<ChildProcess> process;
  std::unique_ptr<Provider> client;
};

class Workbench {
 public:
  struct Options {
    // How long each measurement takes.
    absl::Duration duration;
    // Where databases lie.
    std::string folder;
    // The duroxide-provider to measure.
    std::string provider_program;
  };

  // Makes a folder of its own in `options.folder`.
  static absl::StatusOr<std::unique_ptr<Workbench>> Make(Options options);
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;
  ~Workbench();

  absl::Duration duration() const { return options_.duration; }

  // A fresh copy of the stock, which is made once. On disk when this returns,
  // so that it is not written out during a measurement.
  absl::StatusOr<std::unique_ptr<Database>> Copy(Stock stock);

  // An address that nobody listens on.
  absl::StatusOr<std::string> FreeAddress(Transport transport);

  absl::StatusOr<std::unique_ptr<ChildProcess>> StartProcess(
      const std::vector<std::string>& command);
  absl::StatusOr<Server> StartServer(Transport transport,
                                     const Database& database);

 private:
  Workbench(Options options, std::string folder)
      : options_(std::move(options)), folder_(std::move(folder)) {}

  const Options options_;
  const std::string folder_;
  int made_ = 0;
  struct Stocked {
    std::string file;
    std::vector<Held> held;
  };
  std::map<Stock, Stocked> stocked_;
};

}  // namespace duroxide::bench

#endif  // DUROXIDE_BENCH_WORKBENCH_H_
