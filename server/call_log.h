#ifndef DUROXIDE_SERVER_CALL_LOG_H_
#define DUROXIDE_SERVER_CALL_LOG_H_

#include "logging/log.h"
#include "server/call_observer.h"

namespace duroxide::server {

// Logs every call at debug, and at warning or error those that tell of trouble
// in the store or the provider. What a caller does wrong is no trouble.
class CallLog final : public CallObserver {
 public:
  explicit CallLog(Logger& logger) : logger_(logger) {}

  void OnStarted(const google::protobuf::MethodDescriptor& method) override;
  void OnHandled(const HandledCall& call) override;

 private:
  Logger& logger_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_CALL_LOG_H_
