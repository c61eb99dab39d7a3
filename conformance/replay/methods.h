#ifndef DUROXIDE_CONFORMANCE_REPLAY_METHODS_H_
#define DUROXIDE_CONFORMANCE_REPLAY_METHODS_H_

// The methods of the contract by their names.

#include <memory>
#include <string_view>

#include "google/protobuf/any.pb.h"
#include "google/protobuf/message.h"
#include "providers/provider.h"

namespace duroxide::conformance {

struct Method {
  // Its name in its service: "AckWorkItem".
  std::string_view name;
  // Empty messages, and so its types.
  const google::protobuf::Message* request;
  const google::protobuf::Message* response;
  // Calls it. The messages are of its types; see Provider for all else.
  void (*call)(Provider& provider, const CallContext& context,
               const google::protobuf::Message& request,
               google::protobuf::Message& response, Provider::Done done);
};

// The method of that name, or null.
const Method* FindMethod(std::string_view name);

// The message in `any`, or null where it is not of the type of `type`.
std::unique_ptr<google::protobuf::Message> Unpacked(
    const google::protobuf::Any& any, const google::protobuf::Message& type);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_METHODS_H_
