#ifndef DUROXIDE_RUNTIME_DISPATCH_SESSIONS_IN_FLIGHT_H_
#define DUROXIDE_RUNTIME_DISPATCH_SESSIONS_IN_FLIGHT_H_

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace duroxide::runtime {

// The sessions whose activities are worked on now, and how many each has.
// Thread-safe.
class SessionsInFlight {
 public:
  explicit SessionsInFlight(int most) : most_(most) {}

  // An activity of the session begins. False, and nothing is counted, where
  // that would be a session too many.
  bool Enter(std::string_view session);

  // It has ended.
  void Leave(std::string_view session);

  // For how many more sessions there is room.
  int Room() const;

 private:
  const int most_;
  mutable std::mutex mutex_;
  std::map<std::string, int, std::less<>> activities_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_SESSIONS_IN_FLIGHT_H_
