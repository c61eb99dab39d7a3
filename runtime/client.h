#ifndef DUROXIDE_RUNTIME_CLIENT_H_
#define DUROXIDE_RUNTIME_CLIENT_H_

// Starting orchestrations, sending them messages, and looking at them.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "providers/await.h"
#include "providers/provider.h"

namespace duroxide::runtime {

// What an instance is doing.
struct InstanceStatus {
  enum class State { kNotFound, kRunning, kCompleted, kFailed };

  State state = State::kNotFound;
  // Where it is completed.
  std::string output;
  // Where it failed: the details, and them as text. The text alone where the
  // history that holds the details cannot be read.
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
// Errors are the provider's, with their reason (providers/errors.h).
//
// Waiting methods look at the store again and again: after 5 ms at first, then
// less often, down to every 100 ms. They give DEADLINE_EXCEEDED where the time
// is up and CANCELLED at once where `stop` was requested. An error that is
// retryable does not end the wait.
class Client {
 public:
  explicit Client(std::shared_ptr<Provider> provider, std::string store = "");
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

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

  // What the instance is doing now. One whose execution was continued as new is
  // running. Asks administration where the provider has it, else goes through
  // the history of the latest execution.
  absl::StatusOr<InstanceStatus> GetStatus(std::string_view instance);

  // Waits until the instance has ended, `timeout` at most.
  absl::StatusOr<InstanceStatus> WaitForCompletion(std::string_view instance,
                                                   absl::Duration timeout,
                                                   std::stop_token stop = {});

  // Waits until the custom status has a version above `last_seen`, or the
  // instance has ended.
  absl::StatusOr<InstanceStatus> WaitForStatusChange(std::string_view instance,
                                                     uint64_t last_seen,
                                                     absl::Duration timeout,
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
      Request request, const CallContext& context = {}) {
    request.set_store(store_);
    return Await(*provider_, method, request, context);
  }

  const std::string& store() const { return store_; }

 private:
  absl::Status Enqueue(v1::WorkItem item);

  // The status without the custom one.
  absl::StatusOr<InstanceStatus> ReadState(std::string_view instance,
                                           const CallContext& context);
  absl::StatusOr<InstanceStatus> StateByInfo(std::string_view instance,
                                             const CallContext& context);
  absl::StatusOr<InstanceStatus> StateByHistory(
      std::string_view instance, std::optional<uint64_t> execution_id,
      const CallContext& context);
  // Adds the custom status.
  absl::StatusOr<InstanceStatus> Complete(std::string_view instance,
                                          InstanceStatus status,
                                          const CallContext& context);
  absl::StatusOr<std::optional<std::string>> ReadKeyValue(
      std::string_view instance, std::string_view key,
      const CallContext& context);

  const std::shared_ptr<Provider> provider_;
  const std::string store_;
  // Until the provider has said that it has none.
  std::atomic<bool> has_administration_{true};
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_CLIENT_H_
