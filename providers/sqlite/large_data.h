#ifndef DUROXIDE_PROVIDERS_SQLITE_LARGE_DATA_H_
#define DUROXIDE_PROVIDERS_SQLITE_LARGE_DATA_H_

// Where the bytes of a message, an activity or an event lie: in its row, or
// apart from it where they are large. A row that changes its size (a lock, a
// batch, a count of attempts) is written anew as a whole, and large bytes would
// be with it; events stand in the order of their instances, and few large ones
// fit a page.

#include <cstddef>

namespace duroxide::sqlite {

// From this size on messages and activities lie apart, in bytes: a row of less
// fits the page that it is on.
inline constexpr size_t kLargeItem = 3500;

// The same for events: eight rows of this size fit a page.
inline constexpr size_t kLargeEvent = 500;

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_LARGE_DATA_H_
