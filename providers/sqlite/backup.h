#ifndef DUROXIDE_PROVIDERS_SQLITE_BACKUP_H_
#define DUROXIDE_PROVIDERS_SQLITE_BACKUP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace duroxide::sqlite {

// Copies the database file `from`, as it is at one moment, to a new file `to`:
// all of what was acknowledged before the call, and of what happens meanwhile
// each transaction whole or not at all. Providers may go on serving `from`;
// they are not held up. Makes backups, and databases from backups: `to` is one
// file, without a log beside it, and was found sound before it got its name.
//
// Errors, after which there is no `to`: INVALID_ARGUMENT where a name is none
// of a file, ALREADY_EXISTS where `to` or what belongs to it is there,
// DATA_LOSS where `from` is damaged or no database of this project, UNAVAILABLE
// where a file cannot be read or written, or another program keeps `from`
// locked for `busy_timeout`. The message names the file.
absl::Status CopyDatabase(const std::string& from, const std::string& to,
                          absl::Duration busy_timeout = absl::Seconds(30));

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_BACKUP_H_
