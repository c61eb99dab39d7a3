#ifndef DUROXIDE_CONFORMANCE_WAITS_H_
#define DUROXIDE_CONFORMANCE_WAITS_H_

#include <list>
#include <mutex>
#include <string>

#include "conformance/interval.h"

namespace duroxide::conformance {

// What the threads of a case wait for, to tell of it where they wait too long.
// Thread-safe.
class Waits {
  struct Wait {
    std::string what;
    Moment since;
  };

 public:
  // Lasts as long as this object.
  class Entry {
   public:
    Entry(Waits& waits, std::string what);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    Waits& waits_;
    std::list<Wait>::iterator at_;
  };

  // A thread waits for `what`, such as "the answer to AckWorkItem".
  [[nodiscard]] Entry Begin(std::string what);

  // All of them: "the answer to AckWorkItem since 12s"; empty where none waits.
  std::string ToString() const;

 private:
  mutable std::mutex mutex_;
  std::list<Wait> waits_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_WAITS_H_
