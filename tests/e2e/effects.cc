#include "tests/e2e/effects.h"

#include "absl/strings/str_cat.h"

namespace duroxide::e2e {
namespace {

// What happened in one execution.
struct Deeds {
  std::multiset<uint64_t> scheduled;  // activities and timers, by event id
  std::multiset<uint64_t> ended;
  std::multiset<std::string> raised;  // events, by their data
  int starts = 0;
};

Deeds Read(const std::string& instance, const History& history,
           Faults& faults) {
  Deeds deeds;
  uint64_t expected_id = 0;
  for (const auto& [id, bytes] : history) {
    if (id != ++expected_id) {
      faults.Add(absl::StrCat(instance, " has event ", id, " in the place of ",
                              expected_id));
    }
    v1::Event event;
    event.ParseFromString(bytes);
    switch (event.kind_case()) {
      case v1::Event::kOrchestrationStarted:
        ++deeds.starts;
        break;
      case v1::Event::kActivityScheduled:
      case v1::Event::kTimerCreated:
        deeds.scheduled.insert(id);
        break;
      case v1::Event::kActivityCompleted:
      case v1::Event::kTimerFired:
        deeds.ended.insert(event.source_event_id());
        break;
      case v1::Event::kExternalEvent:
        deeds.raised.insert(event.external_event().data());
        break;
      default:
        break;
    }
  }
  return deeds;
}

}  // namespace

void CheckEffects(const std::map<std::string, History>& histories,
                  const std::set<MessageBytes>& enqueued, Faults& faults) {
  std::map<std::string, Deeds> deeds;
  for (const auto& [instance, history] : histories) {
    deeds[instance] = Read(instance, history, faults);
    if (deeds[instance].starts != 1) {
      faults.Add(absl::StrCat(instance, " was started ", deeds[instance].starts,
                              " times"));
    }
    // As multisets: each exactly once.
    if (deeds[instance].scheduled != deeds[instance].ended) {
      faults.Add("not all that " + instance + " scheduled ended exactly once");
    }
  }
  for (const MessageBytes& bytes : enqueued) {
    v1::WorkItem item;
    item.ParseFromString(bytes);
    if (item.has_external_raised() &&
        deeds[item.external_raised().instance()].raised.count(
            item.external_raised().data()) != 1) {
      faults.Add("not raised exactly once: " + item.ShortDebugString());
    }
    if (item.has_start_orchestration() &&
        deeds[item.start_orchestration().instance()].starts != 1) {
      faults.Add("not started: " + item.ShortDebugString());
    }
  }
}

}  // namespace duroxide::e2e
