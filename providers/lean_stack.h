#ifndef DUROXIDE_PROVIDERS_LEAN_STACK_H_
#define DUROXIDE_PROVIDERS_LEAN_STACK_H_

// What gRPC does for a call besides carrying it: only what is used here. Its
// filters and statistics cost a durable call a fifteenth of its rate
// (docs/adr/0018).

#include <grpc/grpc.h>

namespace duroxide {

struct ChannelArgument {
  const char* name;
  int value;
};

// For both ends of a connection, servers and channels.
inline constexpr ChannelArgument kLeanStack[] = {
    // Filters that are not named below are off: compression of what is sent,
    // gRPC's own size limits (ours have a reason, WIRE-8).
    {GRPC_ARG_MINIMAL_STACK, 1},
    // A fetch whose caller is gone without a word ends (WIRE-5).
    {GRPC_ARG_ENABLE_DEADLINE_CHECKS, 1},
    // The other end may compress what it sends.
    {GRPC_ARG_ENABLE_PER_MESSAGE_DECOMPRESSION, 1},
    // Nobody could read them: there is no channelz service.
    {GRPC_ARG_ENABLE_CHANNELZ, 0},
};

}  // namespace duroxide

#endif  // DUROXIDE_PROVIDERS_LEAN_STACK_H_
