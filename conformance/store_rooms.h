#ifndef DUROXIDE_CONFORMANCE_STORE_ROOMS_H_
#define DUROXIDE_CONFORMANCE_STORE_ROOMS_H_

#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "conformance/room.h"

namespace duroxide::conformance {

// Each room is a fresh store of one provider, which is dropped at the end
// (--isolation=store). Several providers are replicas of one backend: the calls
// in each room go round them.
class StoreRooms final : public Rooms {
 public:
  // `replicas` is not empty.
  explicit StoreRooms(std::vector<std::shared_ptr<Provider>> replicas)
      : replicas_(std::move(replicas)) {}

  Opened Open(const Case& of, const std::stop_token& stop) override;

  // The stores that are still there: of rooms that are open, and those that
  // could not be dropped.
  std::vector<std::string> stores() const;

 private:
  class StoreRoom;

  void Drop(Provider& provider, const std::string& store,
            const std::stop_token& stop);

  const std::vector<std::shared_ptr<Provider>> replicas_;
  mutable std::mutex mutex_;
  std::set<std::string> stores_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_STORE_ROOMS_H_
