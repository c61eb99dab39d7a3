#ifndef DUROXIDE_RUNTIME_REQUEST_IDS_H_
#define DUROXIDE_RUNTIME_REQUEST_IDS_H_

#include <atomic>
#include <cstdint>
#include <string>

namespace duroxide::runtime {

// Request ids that nobody else makes (WIRE-7): 128 random bits, and a number
// that counts up. The ids of one maker sort together, so that a store appends
// them to its index. Thread-safe.
class RequestIds {
 public:
  RequestIds();

  std::string Next();

  // The random part: also a name for whoever makes the requests.
  const std::string& prefix() const { return prefix_; }

 private:
  const std::string prefix_;
  std::atomic<uint64_t> next_ = 1;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REQUEST_IDS_H_
