#include "tests/server/raw_channel.h"

#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/channel_arguments.h>
#include <grpcpp/support/client_callback.h>

#include <future>
#include <utility>
#include <vector>

namespace duroxide::testing_support {
namespace {

using google::protobuf::UnknownFieldSet;

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return "";
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

std::string TextField(int number, const std::string& text) {
  UnknownFieldSet fields;
  fields.AddLengthDelimited(number, text);
  std::string bytes;
  fields.SerializeToString(&bytes);
  return bytes;
}

// The fields of `bytes` with this number.
std::vector<google::protobuf::UnknownField> Fields(const std::string& bytes,
                                                   int number,
                                                   UnknownFieldSet& owner) {
  owner.ParseFromString(bytes);
  std::vector<google::protobuf::UnknownField> found;
  for (int i = 0; i < owner.field_count(); ++i) {
    if (owner.field(i).number() == number) found.push_back(owner.field(i));
  }
  return found;
}

class OneExchange final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  explicit OneExchange(grpc::ByteBuffer request)
      : request_(std::move(request)) {}

  void Start() {
    StartRead(&response_);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartCall();
  }

  RawAnswer Wait() {
    grpc::Status status = done_.get_future().get();
    return {std::move(status), ToString(response_)};
  }

 private:
  void OnDone(const grpc::Status& status) override { done_.set_value(status); }

  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  std::promise<grpc::Status> done_;
};

}  // namespace

RawChannel::RawChannel(const std::string& endpoint) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  channel_ = grpc::CreateCustomChannel(
      endpoint, grpc::InsecureChannelCredentials(), arguments);
}

RawAnswer RawChannel::Call(const std::string& method,
                           const std::string& request) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  const grpc::ByteBuffer sent = ToBuffer(request);
  grpc::ByteBuffer received;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &sent, &received,
                 [&done](grpc::Status status) { done.set_value(status); });
  grpc::Status status = done.get_future().get();
  return {status, status.ok() ? ToString(received) : ""};
}

RawAnswer RawChannel::CallStreaming(const std::string& method,
                                    const std::string& request) {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  OneExchange exchange(ToBuffer(request));
  stub.PrepareBidiStreamingCall(&context, method, grpc::StubOptions(),
                                &exchange);
  exchange.Start();
  return exchange.Wait();
}

int RawChannel::Health(const std::string& service) {
  const RawAnswer answer = Call("/grpc.health.v1.Health/Check",
                                service.empty() ? "" : TextField(1, service));
  if (!answer.status.ok()) return -answer.status.error_code();
  UnknownFieldSet owner;
  const auto status = Fields(answer.bytes, 1, owner);
  return status.empty() ? 0 : static_cast<int>(status[0].varint());
}

std::set<std::string> RawChannel::ReflectedServices() {
  const RawAnswer answer = CallStreaming(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      TextField(7, ""));
  std::set<std::string> names;
  UnknownFieldSet outer;
  for (const auto& list : Fields(answer.bytes, 6, outer)) {
    UnknownFieldSet middle;
    for (const auto& service : Fields(list.length_delimited(), 1, middle)) {
      UnknownFieldSet inner;
      for (const auto& name : Fields(service.length_delimited(), 1, inner)) {
        names.insert(name.length_delimited());
      }
    }
  }
  return names;
}

}  // namespace duroxide::testing_support
