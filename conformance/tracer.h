#ifndef DUROXIDE_CONFORMANCE_TRACER_H_
#define DUROXIDE_CONFORMANCE_TRACER_H_

#include <mutex>
#include <ostream>
#include <string>

#include "conformance/interval.h"
#include "conformance/session.h"

namespace duroxide::conformance {

// Writes a line for every call as it ends (--trace): when it was sent and
// answered, in milliseconds since the tracer was made; the case; the request;
// and the answer.
class Tracer final : public CallObserver {
 public:
  explicit Tracer(std::ostream& out) : out_(out), began_(Now()) {}

  void OnCall(const std::string& case_id, const CallRecord& call) override;

 private:
  std::mutex mutex_;
  std::ostream& out_;
  const Moment began_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_TRACER_H_
