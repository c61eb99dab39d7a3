#ifndef DUROXIDE_CONFORMANCE_ANY_METHOD_H_
#define DUROXIDE_CONFORMANCE_ANY_METHOD_H_

// The methods of the contract, for cases that treat many alike.

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "conformance/fixture.h"
#include "google/protobuf/message.h"
#include "providers/provider.h"

namespace duroxide::conformance {

using AnyMessage = std::unique_ptr<google::protobuf::Message>;

struct AnyMethod {
  // Its name in its service: "AckWorkItem".
  std::string_view name;
  // The capability without which it answers CAPABILITY_ABSENT.
  std::optional<v1::Capability> needs;
  // An empty request, and so its type.
  const google::protobuf::Message* request;
  // Calls it. `filled_in` is true where an empty store is to be the case's own,
  // as in Fixture::Call, and false for Fixture::CallAsIs. The request is of the
  // method's type.
  absl::StatusOr<AnyMessage> (*call)(Fixture& t,
                                     const google::protobuf::Message& request,
                                     bool filled_in);
};

// All methods, in the order of the contract.
const std::vector<AnyMethod>& AllMethods();

// The methods that the provider of `t` serves: those that need no capability,
// and those whose capability it declares.
std::vector<const AnyMethod*> DeclaredMethods(const Fixture& t);

// The methods that need `capability`.
std::vector<const AnyMethod*> MethodsThatNeed(v1::Capability capability);

// The method that takes `request`.
const AnyMethod& MethodFor(const google::protobuf::Message& request);

// Calls the method that takes `request`, in the case's own store unless the
// request names another one.
absl::StatusOr<AnyMessage> CallAny(Fixture& t,
                                   const google::protobuf::Message& request);

// A message of the same type and content.
AnyMessage Copy(const google::protobuf::Message& message);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_ANY_METHOD_H_
