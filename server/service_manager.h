#ifndef DUROXIDE_SERVER_SERVICE_MANAGER_H_
#define DUROXIDE_SERVER_SERVICE_MANAGER_H_

#include <string_view>

namespace duroxide::server {

// Tells the service manager that started this process, if one did and wants to
// know (systemd's Type=notify), how it is: "READY=1", "STOPPING=1". What cannot
// be told is left: the manager then judges by itself.
void TellServiceManager(std::string_view state);

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_SERVICE_MANAGER_H_
