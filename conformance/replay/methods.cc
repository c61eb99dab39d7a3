#include "conformance/replay/methods.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/provider_methods.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::Message;

template <typename Request, typename Response,
          void (Provider::*method)(const CallContext&, const Request*,
                                   Response*, Provider::Done)>
void CallTyped(Provider& provider, const CallContext& context,
               const Message& request, Message& response, Provider::Done done) {
  (provider.*method)(context, &static_cast<const Request&>(request),
                     &static_cast<Response&>(response), std::move(done));
}

template <typename Request, typename Response,
          void (Provider::*method)(const CallContext&, const Request*,
                                   Response*, Provider::Done)>
Method MethodOf(std::string_view name) {
  return {name, &Request::default_instance(), &Response::default_instance(),
          &CallTyped<Request, Response, method>};
}

}  // namespace

const Method* FindMethod(std::string_view name) {
#define DUROXIDE_METHOD(package, method)                        \
  MethodOf<package::method##Request, package::method##Response, \
           &Provider::method>(#method),
  static const Method methods[] = {DUROXIDE_PROVIDER_METHODS(DUROXIDE_METHOD)};
#undef DUROXIDE_METHOD
  const Method* const found =
      std::find_if(std::begin(methods), std::end(methods),
                   [name](const Method& one) { return one.name == name; });
  return found == std::end(methods) ? nullptr : found;
}

std::unique_ptr<Message> Unpacked(const google::protobuf::Any& any,
                                  const Message& type) {
  std::string name;
  google::protobuf::Any::ParseAnyTypeUrl(any.type_url(), &name);
  if (name != type.GetDescriptor()->full_name()) return nullptr;
  std::unique_ptr<Message> message(type.New());
  if (!any.UnpackTo(message.get())) return nullptr;
  return message;
}

}  // namespace duroxide::conformance
