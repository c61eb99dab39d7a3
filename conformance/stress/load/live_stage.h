#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_LIVE_STAGE_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_LIVE_STAGE_H_

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "conformance/stress/load/units.h"
#include "conformance/stress/stage.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::stress {

// The stage of one load. See Stage.
class LiveStage final : public Stage {
 public:
  struct Place {
    std::shared_ptr<Provider> provider;
    std::string store;
    std::string prefix;
  };

  // `units` outlives the stage.
  LiveStage(const StressConfig& config, Place place, Units& units,
            std::stop_token stop);
  // Waits for calls that are under way.
  ~LiveStage() override;

  const StressConfig& config() const override { return config_; }
  Provider& provider() override { return *place_.provider; }
  const std::string& store() const override { return place_.store; }
  runtime::Client& client() override { return client_; }
  const std::string& prefix() const override { return place_.prefix; }
  void Start(uint64_t n, InstanceStart start) override;
  void End(uint64_t n, Outcome outcome, std::string_view error) override;
  uint64_t begun() const override { return units_.begun(); }
  std::optional<Outcome> OutcomeOf(uint64_t n) const override {
    return units_.OutcomeOf(n);
  }
  Effects& effects() override { return effects_; }
  void CountActivities(uint64_t count) override {
    units_.CountActivities(count);
  }
  void After(absl::Duration delay, absl::AnyInvocable<void()> then) override;
  const std::stop_token& stop() const override { return stop_; }

  // An instance has ended, as a runtime tells.
  void InstanceEnded(std::string_view instance, Outcome outcome,
                     std::string_view error);

  // Blocks until at most `count` starts have no answer yet.
  void WaitForStarts(int count);

  // Timers do not fire any more.
  void StopTimers() { timers_.Stop(); }

 private:
  struct StartCall;

  void OnStarted(const std::string& instance, const absl::Status& status);

  const StressConfig config_;
  const Place place_;
  Units& units_;
  const std::stop_token stop_;
  runtime::Client client_;
  Effects effects_;
  std::mutex mutex_;
  std::condition_variable answered_;
  int starts_under_way_ = 0;
  std::unordered_map<std::string, uint64_t> unit_of_;
  runtime::TimerQueue timers_;  // last: its callbacks use all of the above
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_LIVE_STAGE_H_
