#ifndef DUROXIDE_PROVIDERS_SQLITE_OPEN_CALLS_H_
#define DUROXIDE_PROVIDERS_SQLITE_OPEN_CALLS_H_

// The calls that were accepted and are not answered yet: an engine must not go
// before them.

#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "providers/provider.h"

namespace duroxide::sqlite {

// Thread-safe.
class OpenCalls {
 public:
  // The same `done`; the call is open until it has run.
  Provider::Done Track(Provider::Done done);

  // Blocks until no call is open. None may begin any more.
  void WaitForNone();

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  int64_t open_ = 0;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_OPEN_CALLS_H_
