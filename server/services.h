#ifndef DUROXIDE_SERVER_SERVICES_H_
#define DUROXIDE_SERVER_SERVICES_H_

// The contract's services, each a Provider's methods on the wire. Generated
// gRPC code stays in the files that implement them.

#include <grpcpp/impl/codegen/service_type.h>

#include <memory>
#include <string>

#include "server/serving.h"

namespace duroxide::server {

struct NamedService {
  std::string name;  // with its package
  std::unique_ptr<grpc::Service> service;
};

// `serving` must outlive the service.
NamedService MakeProviderService(Serving& serving);
NamedService MakeAdminService(Serving& serving);
NamedService MakeTestService(Serving& serving);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SERVICES_H_
