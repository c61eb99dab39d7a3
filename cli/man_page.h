#ifndef DUROXIDE_CLI_MAN_PAGE_H_
#define DUROXIDE_CLI_MAN_PAGE_H_

#include <string>

#include "cli/described.h"

namespace duroxide::cli {

// The manual page of a program, section 1, for man(1): `program` as troff with
// the man macros.
std::string ManPage(const DescribedCommand& program,
                    const std::string& version);

}  // namespace duroxide::cli

#endif  // DUROXIDE_CLI_MAN_PAGE_H_
