#ifndef DUROXIDE_CONFORMANCE_LAST_RESORT_H_
#define DUROXIDE_CONFORMANCE_LAST_RESORT_H_

#include <functional>
#include <list>
#include <mutex>

namespace duroxide::conformance {

// What is still to be done where the program ends at once, without its
// destructors: processes to kill, folders to remove.
class LastResort {
 public:
  // Registers an action for as long as it lives.
  class Entry {
   public:
    explicit Entry(std::function<void()> action);
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry();

   private:
    std::list<std::function<void()>>::iterator at_;
  };

  // Does all that is registered, the latest first. For a program that ends
  // right after: entries block from here on.
  static void Act();

 private:
  // The program's own; it has one end.
  static std::mutex& Mutex();
  static std::list<std::function<void()>>& Actions();
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_LAST_RESORT_H_
