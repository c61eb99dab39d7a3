#ifndef DUROXIDE_CONFORMANCE_CASES_REQUEST_ID_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_REQUEST_ID_STEPS_H_

// Steps of cases about requests that are sent again (WIRE-7).

#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "conformance/builders.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {

// A request that is sent under one id, again and again: each time it must be
// answered with the first reply.
template <typename Request, typename Response>
class Repeated {
 public:
  Repeated(Fixture& t, ProviderMethod<Request, Response> method,
           std::type_identity_t<Request> request, std::string_view id,
           std::source_location where = std::source_location::current())
      : t_(t), method_(method), request_(std::move(request)) {
    request_.set_request_id(std::string(id));
    first_ = t_.Do(method_, request_, where);
  }

  const Response& first() const { return first_; }

  // Sends it again, and fails the case where another reply comes.
  void Again(std::source_location where = std::source_location::current()) {
    t_.Expect<Response>(t_.Do(method_, request_, where),
                        {IsMessage(first_), where}, "sent again under the id ",
                        request_.request_id());
  }

 private:
  Fixture& t_;
  const ProviderMethod<Request, Response> method_;
  Request request_;
  Response first_;
};

v1::EnqueueOrchestratorItemRequest EnqueueRequest(v1::WorkItem item);
v1::EnqueueWorkItemRequest EnqueueWorkRequest(v1::WorkItem item);
v1::AckWorkItemRequest AckWorkRequest(std::string_view token,
                                      v1::WorkItem completion);
v1::AppendHistoryRequest AppendRequest(std::string_view instance,
                                       v1::Event event);

// A request that has a lock token and nothing else that it needs.
template <typename Request>
Request WithToken(std::string_view token) {
  Request request;
  request.set_lock_token(std::string(token));
  return request;
}

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_REQUEST_ID_STEPS_H_
