#ifndef DUROXIDE_RUNTIME_DISPATCH_INLINE_HISTORIES_H_
#define DUROXIDE_RUNTIME_DISPATCH_INLINE_HISTORIES_H_

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace duroxide::runtime {

// Up to which length histories are to come with their items (FETCH-9). A short
// one costs less than the second call that gets it where it is needed; but
// where executions are kept and their events are large, it is sent for nothing
// with every turn. Thread-safe.
class InlineHistories {
 public:
  // What to ask for: some events, or none.
  uint32_t max_events() const;

  // A history of `bytes` came with an item whose execution was kept.
  void OnNotNeeded(size_t bytes);

  // A history was left out and had to be asked for.
  void OnMissed();

 private:
  mutable std::mutex mutex_;
  // Of the latest turns.
  double bytes_not_needed_ = 0;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_INLINE_HISTORIES_H_
