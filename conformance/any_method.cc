#include "conformance/any_method.h"

#include "google/protobuf/descriptor.h"
#include "providers/provider_methods.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

template <typename Request, typename Response,
          ProviderMethod<Request, Response> method>
absl::StatusOr<AnyMessage> CallTyped(Fixture& t, const Message& request,
                                     bool filled_in) {
  const auto& typed = static_cast<const Request&>(request);
  absl::StatusOr<Response> response =
      filled_in ? t.Call(method, typed) : t.CallAsIs(method, typed);
  if (!response.ok()) return response.status();
  return std::make_unique<Response>(*std::move(response));
}

// The "needs" of the contract's table of methods, which goes by service but for
// the methods named here.
std::optional<v1::Capability> NeedsOf(const Descriptor& request) {
  const auto is = [&](const Descriptor* other) { return &request == other; };
  if (is(v1::GetInstanceStatsRequest::descriptor())) {
    return v1::CAPABILITY_INSTANCE_STATS;
  }
  if (is(testing_v1::CreateStoreRequest::descriptor()) ||
      is(testing_v1::DropStoreRequest::descriptor())) {
    return v1::CAPABILITY_ISOLATED_STORES;
  }
  if (request.file() == testing_v1::CreateStoreRequest::descriptor()->file()) {
    return v1::CAPABILITY_CORRUPTION_HOOK;
  }
  if (request.file() == v1::ListInstancesRequest::descriptor()->file()) {
    return v1::CAPABILITY_ADMIN;
  }
  return std::nullopt;
}

template <typename Wanted>
std::vector<const AnyMethod*> MethodsWhere(Wanted wanted) {
  std::vector<const AnyMethod*> methods;
  for (const AnyMethod& method : AllMethods()) {
    if (wanted(method)) methods.push_back(&method);
  }
  return methods;
}

}  // namespace

const std::vector<AnyMethod>& AllMethods() {
#define DUROXIDE_ANY_METHOD(package, method)                                \
  AnyMethod{#method, NeedsOf(*package::method##Request::descriptor()),      \
            &package::method##Request::default_instance(),                  \
            &CallTyped<package::method##Request, package::method##Response, \
                       &Provider::method>},
  static const auto& methods = *new std::vector<AnyMethod>{
      DUROXIDE_PROVIDER_METHODS(DUROXIDE_ANY_METHOD)};
#undef DUROXIDE_ANY_METHOD
  return methods;
}

std::vector<const AnyMethod*> DeclaredMethods(const Fixture& t) {
  return MethodsWhere([&](const AnyMethod& method) {
    return !method.needs || t.Has(*method.needs);
  });
}

std::vector<const AnyMethod*> MethodsThatNeed(v1::Capability capability) {
  return MethodsWhere(
      [&](const AnyMethod& method) { return method.needs == capability; });
}

const AnyMethod& MethodFor(const Message& request) {
  return *MethodsWhere([&](const AnyMethod& method) {
            return method.request->GetDescriptor() == request.GetDescriptor();
          }).front();
}

absl::StatusOr<AnyMessage> CallAny(Fixture& t, const Message& request) {
  return MethodFor(request).call(t, request, /*filled_in=*/true);
}

AnyMessage Copy(const Message& message) {
  AnyMessage copy(message.New());
  copy->CopyFrom(message);
  return copy;
}

}  // namespace duroxide::conformance
