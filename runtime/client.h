#ifndef DUROXIDE_RUNTIME_CLIENT_H_
#define DUROXIDE_RUNTIME_CLIENT_H_

// Starting orchestrations, sending them messages, and looking at them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/provider.h"

namespace duroxide::runtime {

// What an instance is doing.
struct InstanceStatus {
  enum class State { kNotFound, kRunning, kCompleted, kFailed };

  State state = State::kNotFound;
  // Where it is completed.
  std::string output;
  // Where it failed: the details, and them as text.
  v1::ErrorDetails error;
  std::string error_text;
  // The custom status and its version, 0 where there never was one (ACK-7).
  std::optional<std::string> custom_status;
  uint64_t custom_status_version = 0;

  bool IsTerminal() const {
    return state == State::kCompleted || state == State::kFailed;
  }
};

// How to start an instance.
struct StartOptions {
  // The version; without one the worker's policy decides.
  std::optional<std::string> version = std::nullopt;
};

// A client of one store. All methods block until the provider has answered and
// may be called from many threads; none from the provider's own.
//
// Errors are the provider's, with their reason (providers/errors.h); waiting
// methods give DEADLINE_EXCEEDED where the time is up and CANCELLED where
// `stop` was requested.
class Client {
 public:
  explicit Client(std::shared_ptr<Provider> provider, std::string store = "");

  // Enqueues the start of an instance. That it is there does not mean that it
  // is new: a start of an instance that exists does nothing.
  absl::Status Start(std::string_view instance, std::string_view orchestration,
                     std::string_view input, const StartOptions& options = {});

  // Raises an external event: it is given to the wait for it that is there at
  // that time, or to nobody.
  absl::Status RaiseEvent(std::string_view instance, std::string_view name,
                          std::string_view data);

  // Puts a message into one of the instance's queues, where it stays until it
  // is dequeued.
  absl::Status EnqueueEvent(std::string_view instance, std::string_view queue,
                            std::string_view data);

  // Asks for the instance's cancellation.
  absl::Status Cancel(std::string_view instance, std::string_view reason);

  absl::StatusOr<InstanceStatus> GetStatus(std::string_view instance);

  // Waits until the instance has ended, `timeout` at most.
  absl::StatusOr<InstanceStatus> WaitForCompletion(
      std::string_view instance, absl::Duration timeout,
      std::stop_token stop = {});

  // Waits until the custom status has a version above `last_seen`, or the
  // instance has ended.
  absl::StatusOr<InstanceStatus> WaitForStatusChange(
      std::string_view instance, uint64_t last_seen, absl::Duration timeout,
      std::stop_token stop = {});

  // Key-values (KV-1). std::nullopt where there is no such key.
  absl::StatusOr<std::optional<std::string>> GetKeyValue(
      std::string_view instance, std::string_view key);
  absl::StatusOr<std::map<std::string, std::string>> ListKeyValues(
      std::string_view instance);
  // Waits until the key is there.
  absl::StatusOr<std::string> WaitForKeyValue(std::string_view instance,
                                              std::string_view key,
                                              absl::Duration timeout,
                                              std::stop_token stop = {});

  // All of administration: the contract's own requests, with the client's
  // store filled in.
  //
  //   client.Call(&Provider::ListInstances, v1::ListInstancesRequest())
  template <typename Request, typename Response>
  absl::StatusOr<Response> Call(
      void (Provider::*method)(const CallContext&, const Request*, Response*,
                               Provider::Done),
      Request request);

  const std::string& store() const { return store_; }

 private:
  const std::shared_ptr<Provider> provider_;
  const std::string store_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_CLIENT_H_
