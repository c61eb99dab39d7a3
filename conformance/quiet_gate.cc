#include "conformance/quiet_gate.h"

namespace duroxide::conformance {
namespace {

constexpr int kMostInQuiet = 4;

}  // namespace

QuietGate::Crowd::Crowd(QuietGate& gate) : gate_(gate) {
  const std::lock_guard lock(gate_.mutex_);
  ++gate_.crowd_;
}

QuietGate::Crowd::~Crowd() {
  {
    const std::lock_guard lock(gate_.mutex_);
    --gate_.crowd_;
  }
  gate_.changed_.notify_all();
}

QuietGate::Quiet::Quiet(QuietGate& gate, const std::stop_token& stop)
    : gate_(gate) {
  std::unique_lock lock(gate_.mutex_);
  entered_ = gate_.changed_.wait(lock, stop, [&] {
    return gate_.crowd_ == 0 && gate_.quiet_ < kMostInQuiet;
  });
  if (entered_) ++gate_.quiet_;
}

QuietGate::Quiet::~Quiet() {
  if (!entered_) return;
  {
    const std::lock_guard lock(gate_.mutex_);
    --gate_.quiet_;
  }
  gate_.changed_.notify_all();
}

}  // namespace duroxide::conformance
