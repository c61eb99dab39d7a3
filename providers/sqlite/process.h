#ifndef DUROXIDE_PROVIDERS_SQLITE_PROCESS_H_
#define DUROXIDE_PROVIDERS_SQLITE_PROCESS_H_

namespace duroxide::sqlite {

// Has SQLite allocate without counting its memory, for which it takes a lock of
// the whole process each time. For main(), before anything uses SQLite; without
// effect later. Not done by the provider itself, because it concerns every use
// of SQLite in the process.
void LeaveMemoryUncounted();

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_PROCESS_H_
