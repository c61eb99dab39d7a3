#ifndef DUROXIDE_RUNTIME_LIMITS_H_
#define DUROXIDE_RUNTIME_LIMITS_H_

// What orchestrations may write, so that an instance stays small.

#include <cstddef>

namespace duroxide::runtime {

// A turn that goes beyond fails its orchestration, as an application error.
struct Limits {
  size_t custom_status_bytes = 256 * 1024;
  // Of an activity's tag.
  size_t tag_bytes = 256;
  // Keys of an instance, and the bytes of one value.
  size_t kv_keys = 100;
  size_t kv_value_bytes = 16 * 1024;
  // Messages of queues that continue-as-new takes along; the oldest ones.
  size_t carried_events = 20;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_LIMITS_H_
