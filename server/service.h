#ifndef DUROXIDE_SERVER_SERVICE_H_
#define DUROXIDE_SERVER_SERVICE_H_

// How the contract's services are declared, one line per method.

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <string>

#include "google/protobuf/descriptor.h"
#include "server/call.h"

namespace duroxide::server {

// The generated `Service` with each of `Methods` taking and giving bytes. The
// generated code has a class template per method for it, meant to be stacked.
template <typename Service, template <typename> class... Methods>
struct Stacked;

template <typename Service>
struct Stacked<Service> {
  using type = Service;
};

template <typename Service, template <typename> class First,
          template <typename> class... Rest>
struct Stacked<Service, First, Rest...> {
  using type = First<typename Stacked<Service, Rest...>::type>;
};

template <typename Service, template <typename> class... Methods>
using RawService = typename Stacked<Service, Methods...>::type;

// The method `name` of the service that has requests of type Request.
template <typename Request, typename Response>
const google::protobuf::MethodDescriptor& DescriptorOf(
    const std::string& service, const std::string& name,
    void (Provider::* /*method*/)(const CallContext&, const Request*, Response*,
                                  Provider::Done)) {
  return *Request::descriptor()
              ->file()
              ->pool()
              ->FindServiceByName(service)
              ->FindMethodByName(name);
}

// Serves a method with the Provider's method of the same name. For classes with
// a `Serving& serving_` and a `kService`, the service's full name.
#define DUROXIDE_SERVE(Method)                                           \
  grpc::ServerUnaryReactor* Method(grpc::CallbackServerContext* context, \
                                   const grpc::ByteBuffer* request,      \
                                   grpc::ByteBuffer* reply) override {   \
    static const google::protobuf::MethodDescriptor& descriptor =        \
        DescriptorOf(kService, #Method, &Provider::Method);              \
    return StartCall(serving_, descriptor, &Provider::Method, context,   \
                     request, reply);                                    \
  }

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SERVICE_H_
