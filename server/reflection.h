#ifndef DUROXIDE_SERVER_REFLECTION_H_
#define DUROXIDE_SERVER_REFLECTION_H_

#include <string>
#include <vector>

#include "duroxide_reflection.pb.h"

namespace duroxide::server {

// Answers from the descriptors that are linked into the program. `services` are
// the names that are listed.
reflection::Response Reflect(const reflection::Request& request,
                             const std::vector<std::string>& services);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_REFLECTION_H_
