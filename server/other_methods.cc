#include "server/other_methods.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>

#include <utility>

#include "duroxide/provider/v1/errors.pb.h"
#include "providers/errors.h"
#include "server/reflection.h"

namespace duroxide::server {
namespace {

constexpr const char* kReflection[] = {
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
};

// A stream of questions, each answered before the next is read. Owns itself.
class ReflectionCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit ReflectionCall(const std::vector<std::string>& services)
      : services_(services) {
    StartRead(&question_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    reflection::Request request;
    grpc::Status status =
        grpc::SerializationTraits<reflection::Request>::Deserialize(&question_,
                                                                    &request);
    if (!status.ok()) return Finish(std::move(status));
    bool own_buffer = false;
    status = grpc::SerializationTraits<reflection::Response>::Serialize(
        Reflect(request, services_), &answer_, &own_buffer);
    if (!status.ok()) return Finish(std::move(status));
    StartWrite(&answer_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartRead(&question_);
  }

  void OnDone() override { delete this; }

  const std::vector<std::string>& services_;
  grpc::ByteBuffer question_;
  grpc::ByteBuffer answer_;
};

class UnknownCall final : public grpc::ServerGenericBidiReactor {
 public:
  explicit UnknownCall(const std::string& method) {
    Finish(ToWire(MakeError(provider::v1::ERROR_REASON_CAPABILITY_ABSENT,
                            "this server does not serve " + method),
                  method.substr(method.rfind('/') + 1)));
  }

 private:
  void OnDone() override { delete this; }
};

}  // namespace

OtherMethods::OtherMethods(std::vector<std::string> services)
    : services_(std::move(services)) {}

grpc::ServerGenericBidiReactor* OtherMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  for (const char* method : kReflection) {
    if (context->method() == method) return new ReflectionCall(services_);
  }
  return new UnknownCall(context->method());
}

}  // namespace duroxide::server
