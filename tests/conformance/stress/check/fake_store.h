#ifndef DUROXIDE_TESTS_CONFORMANCE_STRESS_CHECK_FAKE_STORE_H_
#define DUROXIDE_TESTS_CONFORMANCE_STRESS_CHECK_FAKE_STORE_H_

// A provider that says what a test has written down, right or wrong.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conformance/stress/check/history.h"
#include "providers/errors.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::stress {

// A history that is put together event by event. Each gets the next id.
class HistoryBuilder {
 public:
  explicit HistoryBuilder(std::string instance, uint64_t execution_id = 1)
      : instance_(std::move(instance)), execution_id_(execution_id) {}

  // The event, for what the others do not set.
  v1::Event& Add();
  HistoryBuilder& Started();
  HistoryBuilder& ChildOf(std::string_view parent, uint64_t event);
  HistoryBuilder& Activity(std::string_view name = "Task");
  HistoryBuilder& ActivityDone(uint64_t source);
  HistoryBuilder& ActivityFailed(uint64_t source);
  HistoryBuilder& ActivityGivenUp(uint64_t source);
  HistoryBuilder& Timer();
  HistoryBuilder& TimerFired(uint64_t source);
  HistoryBuilder& Child(std::string_view instance);
  HistoryBuilder& ChildDone(uint64_t source);
  HistoryBuilder& Completed(std::string_view output = "done");
  HistoryBuilder& Failed();
  HistoryBuilder& ContinuedAsNew();

  // NOLINTNEXTLINE(google-explicit-constructor): a builder is its history.
  operator const Events&() const { return events_; }
  Events& events() { return events_; }

 private:
  const std::string instance_;
  const uint64_t execution_id_;
  Events events_;
};

// Answers what a check asks. Not to be changed meanwhile.
class FakeStore final : public conformance::StubProvider {
 public:
  FakeStore() { info.add_capabilities(v1::CAPABILITY_ADMIN); }

  // Puts an instance into the store as a provider would: record, list, history.
  void Put(const std::string& instance, const Events& events,
           v1::OrchestrationStatus status = v1::ORCHESTRATION_STATUS_COMPLETED,
           uint64_t execution_id = 1);
  // Without ADMIN.
  void HideAdmin();

  std::map<std::string, v1::InstanceInfo> instances;
  std::map<std::pair<std::string, uint64_t>, Events> histories;
  std::vector<std::string> list;
  v1::QueueDepths depths;
  // What ReadHistory answers where it is not OK.
  absl::Status reading;
  // How many calls to ReadHistory fail first, with STORE_BUSY.
  int busy = 0;

  DUROXIDE_OVERRIDE(v1, GetInstanceInfo);
  DUROXIDE_OVERRIDE(v1, ReadHistory);
  DUROXIDE_OVERRIDE(v1, ListInstances);
  DUROXIDE_OVERRIDE(v1, GetQueueDepths);
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_TESTS_CONFORMANCE_STRESS_CHECK_FAKE_STORE_H_
