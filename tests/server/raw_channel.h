#ifndef DUROXIDE_TESTS_SERVER_RAW_CHANNEL_H_
#define DUROXIDE_TESTS_SERVER_RAW_CHANNEL_H_

// Calls as bytes, for what no generated client says: the standard services,
// whose protos are not installed, and requests that are malformed.

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <set>
#include <string>

namespace duroxide::testing_support {

struct RawAnswer {
  grpc::Status status;
  std::string bytes;
};

class RawChannel {
 public:
  explicit RawChannel(const std::string& endpoint);

  // `method` is "/package.Service/Method".
  RawAnswer Call(const std::string& method, const std::string& request);

  // The answer of a streaming method to its one request.
  RawAnswer CallStreaming(const std::string& method,
                          const std::string& request);

  // grpc.health.v1.Health/Check: 1 is SERVING, 2 NOT_SERVING.
  int Health(const std::string& service);

  // The services that reflection lists.
  std::set<std::string> ReflectedServices();

 private:
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SERVER_RAW_CHANNEL_H_
