#ifndef DUROXIDE_SERVER_OTHER_METHODS_H_
#define DUROXIDE_SERVER_OTHER_METHODS_H_

#include <grpcpp/generic/async_generic_service.h>

#include <string>
#include <vector>

namespace duroxide::server {

// Takes the calls of all methods that no service of the server has.
//
// Server reflection, v1 and v1alpha, is among them: gRPC's own keeps threads
// for it, which a server whose calls hold none should not have. Everything else
// is UNIMPLEMENTED, with the reason that every error has (WIRE-2).
class OtherMethods final : public grpc::CallbackGenericService {
 public:
  // `services` are the names that reflection lists.
  explicit OtherMethods(std::vector<std::string> services);

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  const std::vector<std::string> services_;
};

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_OTHER_METHODS_H_
