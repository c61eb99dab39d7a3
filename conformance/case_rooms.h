#ifndef DUROXIDE_CONFORMANCE_CASE_ROOMS_H_
#define DUROXIDE_CONFORMANCE_CASE_ROOMS_H_

#include <memory>
#include <utility>

#include "conformance/room.h"

namespace duroxide::conformance {

// Gives each case a room of the kind that it needs: cases that restart the
// provider one in which they may, the others the usual one.
class CaseRooms final : public Rooms {
 public:
  // Without `restartable`, which may be null, cases that restart the provider
  // cannot be judged.
  CaseRooms(std::unique_ptr<Rooms> usual, std::unique_ptr<Rooms> restartable)
      : usual_(std::move(usual)), restartable_(std::move(restartable)) {}

  Opened Open(const Case& of, const std::stop_token& stop) override {
    if (!of.traits.restarts) return usual_->Open(of, stop);
    if (restartable_ != nullptr) return restartable_->Open(of, stop);
    return CannotJudge{
        "the runner has not started the provider and so cannot restart it; "
        "--spawn lets it"};
  }

 private:
  const std::unique_ptr<Rooms> usual_;
  const std::unique_ptr<Rooms> restartable_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASE_ROOMS_H_
