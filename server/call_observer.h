#ifndef DUROXIDE_SERVER_CALL_OBSERVER_H_
#define DUROXIDE_SERVER_CALL_OBSERVER_H_

// What a server tells about its calls; metrics and logs are made from it.

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace duroxide::server {

// A call whose answer is about to go out.
struct HandledCall {
  const google::protobuf::MethodDescriptor& method;
  // Empty where the request's bytes could not be read.
  const google::protobuf::Message& request;
  // As the caller gets it: with a reason where it is not OK.
  const absl::Status& status;
  absl::Duration elapsed;
};

// The calls come from the server's and the engine's threads, on the hot path:
// an implementation must be thread-safe and must not block.
class CallObserver {
 public:
  virtual ~CallObserver() = default;

  virtual void OnStarted(const google::protobuf::MethodDescriptor& method) = 0;

  // Follows each OnStarted just once, before the answer is sent.
  virtual void OnHandled(const HandledCall& call) = 0;
};

// Tells several observers, which it does not own.
class CallObservers final : public CallObserver {
 public:
  explicit CallObservers(std::vector<CallObserver*> observers)
      : observers_(std::move(observers)) {}

  void OnStarted(const google::protobuf::MethodDescriptor& method) override {
    for (CallObserver* observer : observers_) observer->OnStarted(method);
  }
  void OnHandled(const HandledCall& call) override {
    for (CallObserver* observer : observers_) observer->OnHandled(call);
  }

 private:
  const std::vector<CallObserver*> observers_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_CALL_OBSERVER_H_
