#ifndef DUROXIDE_CONFORMANCE_EITHER_STOP_H_
#define DUROXIDE_CONFORMANCE_EITHER_STOP_H_

#include <functional>
#include <stop_token>

namespace duroxide::conformance {

// A stop token that stops as soon as one of two others does.
class EitherStop {
 public:
  EitherStop(const std::stop_token& one, const std::stop_token& other)
      : on_one_(one, [this] { stop_.request_stop(); }),
        on_other_(other, [this] { stop_.request_stop(); }) {}

  std::stop_token token() const { return stop_.get_token(); }

 private:
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> on_one_;
  std::stop_callback<std::function<void()>> on_other_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_EITHER_STOP_H_
