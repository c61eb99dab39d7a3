#ifndef DUROXIDE_PROVIDERS_REMOTE_CHANNEL_H_
#define DUROXIDE_PROVIDERS_REMOTE_CHANNEL_H_

#include <grpcpp/channel.h>

#include <memory>

#include "providers/endpoint.h"

namespace duroxide::remote {

// A channel of its own to `endpoint`, without encryption. It does not connect
// before its first call, and finds a server that was restarted within a second.
std::shared_ptr<grpc::Channel> MakeChannel(const Endpoint& endpoint);

}  // namespace duroxide::remote

#endif  // DUROXIDE_PROVIDERS_REMOTE_CHANNEL_H_
