#ifndef DUROXIDE_TESTS_CONFORMANCE_STRESS_FAKE_STAGE_H_
#define DUROXIDE_TESTS_CONFORMANCE_STRESS_FAKE_STAGE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/stress/stage.h"
#include "runtime/dispatch/timer_queue.h"

namespace duroxide::stress {

// A stage whose load is over: units have ended as the test says, and whatever
// is in the provider's store was made by it.
class FakeStage final : public Stage {
 public:
  FakeStage(std::shared_ptr<Provider> provider, std::string store)
      : provider_(std::move(provider)),
        store_(std::move(store)),
        client_(provider_, store_) {}

  // By unit.
  std::vector<std::optional<Outcome>> outcomes;

  const StressConfig& config() const override { return config_; }
  Provider& provider() override { return *provider_; }
  const std::string& store() const override { return store_; }
  runtime::Client& client() override { return client_; }
  const std::string& prefix() const override { return prefix_; }
  void Start(uint64_t /*n*/, InstanceStart /*start*/) override {}
  void End(uint64_t n, Outcome outcome, std::string_view /*error*/) override {
    outcomes.at(n) = outcome;
  }
  uint64_t begun() const override { return outcomes.size(); }
  std::optional<Outcome> OutcomeOf(uint64_t n) const override {
    return outcomes.at(n);
  }
  Effects& effects() override { return effects_; }
  void CountActivities(uint64_t /*count*/) override {}
  void After(absl::Duration delay, absl::AnyInvocable<void()> then) override {
    timers_.After(delay, std::move(then));
  }
  const std::stop_token& stop() const override { return stop_; }

 private:
  const StressConfig config_;
  const std::shared_ptr<Provider> provider_;
  const std::string store_;
  const std::string prefix_ = "load-";
  const std::stop_token stop_;
  runtime::Client client_;
  Effects effects_;
  runtime::TimerQueue timers_;  // last: its callbacks use all of the above
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_TESTS_CONFORMANCE_STRESS_FAKE_STAGE_H_
