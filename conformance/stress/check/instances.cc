#include "conformance/stress/check/instances.h"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/ask.h"
#include "conformance/stress/capabilities.h"
#include "conformance/stress/check/kinds.h"
#include "providers/await.h"
#include "providers/errors.h"

namespace duroxide::stress {
namespace {

using v1::Event;

constexpr uint32_t kPage = 1000;

// What is expected of an instance, and by whom.
struct Expected {
  std::string instance;
  // By the load, of a unit.
  std::optional<Outcome> outcome = std::nullopt;
  // By the parent, of a child.
  std::string parent = {};
  uint64_t parent_event = 0;
  bool completed = false;
};

bool IsTerminal(v1::OrchestrationStatus status) {
  return status == v1::ORCHESTRATION_STATUS_COMPLETED ||
         status == v1::ORCHESTRATION_STATUS_FAILED ||
         status == v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
}

v1::OrchestrationStatus StatusOf(Event::KindCase end) {
  switch (end) {
    case Event::kOrchestrationCompleted:
      return v1::ORCHESTRATION_STATUS_COMPLETED;
    case Event::kOrchestrationFailed:
      return v1::ORCHESTRATION_STATUS_FAILED;
    case Event::kOrchestrationContinuedAsNew:
      return v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW;
    default:
      return v1::ORCHESTRATION_STATUS_RUNNING;
  }
}

std::string NameOf(v1::OrchestrationStatus status) {
  constexpr std::string_view kPrefix = "ORCHESTRATION_STATUS_";
  return v1::OrchestrationStatus_Name(status).substr(kPrefix.size());
}

// Goes through instances and, from what their histories say, their children.
class Crawl {
 public:
  Crawl(Stage& stage, const InstanceCheck& check, bool has_admin,
        Findings& findings)
      : stage_(stage),
        check_(check),
        has_admin_(has_admin),
        findings_(findings) {}

  // Blocks until all of it has been looked at.
  absl::Status Run(std::vector<StartedInstance> started) {
    for (StartedInstance& one : started) {
      Add({.instance = std::move(one.instance), .outcome = one.outcome});
    }
    started.clear();
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] {
        return looking_ == 0 || (!waiting_.empty() && HasRoom());
      });
      if (!status_.ok()) waiting_.clear();
      if (waiting_.empty()) {
        if (looking_ == 0) return status_;
        continue;
      }
      Expected next = std::move(waiting_.front());
      waiting_.pop_front();
      ++looking_;
      lock.unlock();
      Look(std::move(next));
      lock.lock();
    }
  }

  // After Run: whether somebody expects the instance, and those that were
  // expected and are in the store.
  bool Knows(const std::string& instance) const {
    return expected_.contains(instance);
  }
  std::unordered_set<std::string> TakeFound() { return std::move(found_); }

 private:
  // One instance on its way through the check. Owned by the calls.
  struct Visit {
    Expected expected;
    // What the provider says of it; has_info without ADMIN only where there is
    // a history.
    v1::InstanceInfo info;
    uint64_t last_execution = 1;
    uint64_t activities = 0;
    // Of the last execution.
    HistoryFacts facts;
  };
  using VisitPtr = std::shared_ptr<Visit>;

  bool HasRoom() const { return looking_ < check_.in_flight; }

  void Add(Expected expected) {
    const std::lock_guard lock(mutex_);
    if (!expected_.insert(expected.instance).second) return;
    waiting_.push_back(std::move(expected));
    changed_.notify_all();
  }

  void Leave(absl::Status status = absl::OkStatus()) {
    // Under the lock: whoever waits may take the crawl down.
    const std::lock_guard lock(mutex_);
    status_.Update(std::move(status));
    --looking_;
    changed_.notify_all();
  }

  void Found(std::string_view kind, const Visit& visit, std::string_view what) {
    findings_.Add(
        kind, absl::StrCat(visit.expected.instance, ": ", std::string(what)));
  }

  void Look(Expected expected) {
    auto visit = std::make_shared<Visit>();
    visit->expected = std::move(expected);
    if (!has_admin_) return ReadLatest(visit);
    v1::GetInstanceInfoRequest request;
    request.set_instance(visit->expected.instance);
    Ask(stage_, &Provider::GetInstanceInfo, std::move(request),
        [this, visit](const absl::Status& status,
                      v1::GetInstanceInfoResponse& response) {
          if (ReasonOf(status) == v1::ERROR_REASON_INSTANCE_NOT_FOUND) {
            return NotThere(*visit);
          }
          if (!status.ok()) return Leave(status);
          visit->info = std::move(*response.mutable_info());
          visit->last_execution = visit->info.current_execution_id();
          ReadExecutions(visit, 1);
        });
  }

  // Where the histories have to say all.
  void ReadLatest(const VisitPtr& visit) {
    v1::ReadHistoryRequest request;
    request.set_instance(visit->expected.instance);
    Ask(stage_, &Provider::ReadHistory, std::move(request),
        [this, visit](const absl::Status& status,
                      v1::ReadHistoryResponse& response) {
          if (Unreadable(*visit, status)) return Leave();
          if (!status.ok()) return Leave(status);
          if (response.events().empty()) return NotThere(*visit);
          const Event& last = *response.events().rbegin();
          visit->last_execution = last.execution_id();
          for (const Event& event : response.events()) {
            const auto says = StatusOf(event.kind_case());
            if (!IsTerminal(says)) continue;
            visit->info.set_status(says);
            visit->info.set_output(event.orchestration_completed().output());
          }
          ReadExecutions(visit, 1);
        });
  }

  // One after the other: most instances have one.
  void ReadExecutions(const VisitPtr& visit, uint64_t execution_id) {
    v1::ReadHistoryRequest request;
    request.set_instance(visit->expected.instance);
    request.set_execution_id(execution_id);
    Ask(stage_, &Provider::ReadHistory, std::move(request),
        [this, visit, execution_id](const absl::Status& status,
                                    v1::ReadHistoryResponse& response) {
          if (Unreadable(*visit, status)) return Leave();
          if (!status.ok()) return Leave(status);
          OnHistory(*visit, execution_id, response.events());
          if (execution_id < visit->last_execution) {
            return ReadExecutions(visit, execution_id + 1);
          }
          Conclude(*visit);
          Leave();
        });
  }

  // True where that is a finding and no failure of the check.
  bool Unreadable(const Visit& visit, const absl::Status& status) {
    const v1::ErrorReason reason = ReasonOf(status);
    if (reason != v1::ERROR_REASON_HISTORY_CORRUPT &&
        reason != v1::ERROR_REASON_MESSAGE_TOO_LARGE) {
      return false;
    }
    Found(kUnreadableHistory, visit, status.ToString());
    Remember(visit);
    return true;
  }

  void NotThere(const Visit& visit) {
    // A start that was refused has failed its unit; there is nothing to find.
    if (visit.expected.outcome != Outcome::kInfrastructure) {
      Found(kLostInstance, visit,
            visit.expected.parent.empty()
                ? "the store does not have it"
                : absl::StrCat("the store does not have this child of ",
                               visit.expected.parent));
    }
    Leave();
  }

  void Remember(const Visit& visit) {
    const std::lock_guard lock(mutex_);
    found_.insert(visit.expected.instance);
  }

  void OnHistory(Visit& visit, uint64_t execution_id, const Events& events) {
    const std::string& instance = visit.expected.instance;
    HistoryFacts facts = CheckHistory(instance, execution_id, events,
                                      check_.all_awaited, findings_);
    if (check_.effects) CheckEffects(visit, execution_id, facts);
    for (HistoryFacts::Child& child : facts.children) {
      Add({.instance = std::move(child.instance),
           .parent = instance,
           .parent_event = child.id,
           .completed = child.completed});
    }
    if (execution_id < visit.last_execution && !events.empty() &&
        facts.end != Event::kOrchestrationContinuedAsNew) {
      Found(kWrongEnd, visit,
            absl::StrCat("execution ", execution_id, " of ",
                         visit.last_execution, " was not continued as new"));
    }
    if (check_.also) check_.also({instance, execution_id, events}, findings_);
    visit.facts = std::move(facts);
  }

  void CheckEffects(Visit& visit, uint64_t execution_id,
                    const HistoryFacts& facts) {
    const std::string& instance = visit.expected.instance;
    Effects& effects = stage_.effects();
    for (const HistoryFacts::Activity& activity : facts.activities) {
      const uint64_t times = effects.Of(instance, execution_id, activity.id);
      if (times > 0) ++visit.activities;
      if (times > 1) {
        Found(kEffectTwice, visit,
              absl::StrCat("the activity of event ", activity.id,
                           " of execution ", execution_id, " was done ", times,
                           " times"));
      } else if (times == 0 && activity.completed) {
        Found(kEffectLost, visit,
              absl::StrCat("the activity of event ", activity.id,
                           " of execution ", execution_id,
                           " completed and was never done"));
      }
    }
  }

  // The histories are known: compares them with the rest.
  void Conclude(const Visit& visit) {
    Remember(visit);
    const v1::OrchestrationStatus says = visit.info.status();
    const v1::OrchestrationStatus status = StatusOf(visit.facts.end);
    if (has_admin_) CompareWithInfo(visit, status);
    // Also where it was given up: it has not ended since.
    if (!IsTerminal(has_admin_ ? says : status)) {
      Found(kStuckInstance, visit, "it has not ended");
    } else {
      CompareOutcome(visit, has_admin_ ? says : status);
    }
    CompareParent(visit);
    if (check_.effects) {
      const uint64_t done =
          stage_.effects().DistinctOf(visit.expected.instance);
      if (done > visit.activities) {
        Found(kUnknownEffect, visit,
              absl::StrCat(done - visit.activities,
                           " activities were done that it did not schedule"));
      }
    }
  }

  void CompareWithInfo(const Visit& visit, v1::OrchestrationStatus status) {
    const v1::InstanceInfo& info = visit.info;
    if (IsTerminal(info.status()) && !IsTerminal(status)) {
      Found(kWrongEnd, visit, "it has ended, and its history has no end");
    } else if (info.status() != status) {
      Found(kStatusDiffers, visit,
            absl::StrCat("its status is ", NameOf(info.status()),
                         ", by its history ", NameOf(status)));
    } else if (status == v1::ORCHESTRATION_STATUS_COMPLETED &&
               info.output() != visit.facts.output) {
      Found(kStatusDiffers, visit, "its output is not that of its history");
    }
  }

  void CompareOutcome(const Visit& visit, v1::OrchestrationStatus status) {
    const Expected& expected = visit.expected;
    const bool completed = status == v1::ORCHESTRATION_STATUS_COMPLETED;
    if (!expected.parent.empty()) {
      if (expected.completed && !completed) {
        Found(kOutcomeDiffers, visit,
              absl::StrCat("its parent has its result, and it is ",
                           NameOf(status)));
      }
      return;
    }
    // One that was given up, or whose start had no good answer, may have ended
    // in any way.
    if (!expected.outcome || expected.outcome == Outcome::kInfrastructure) {
      return;
    }
    if (completed != (expected.outcome == Outcome::kCompleted)) {
      Found(kOutcomeDiffers, visit,
            absl::StrCat("it was seen to end as ",
                         std::string(OutcomeName(*expected.outcome)),
                         ", and it is ", NameOf(status)));
    }
  }

  void CompareParent(const Visit& visit) {
    const Expected& expected = visit.expected;
    // A child's later executions do not all name its parent.
    if (expected.parent.empty() || visit.last_execution > 1) return;
    if (visit.facts.parent_instance != expected.parent ||
        visit.facts.parent_id != expected.parent_event) {
      Found(kWrongParent, visit,
            absl::StrCat("it names ", visit.facts.parent_instance, ", event ",
                         visit.facts.parent_id, "; it was scheduled by ",
                         expected.parent, ", event ", expected.parent_event));
    }
  }

  Stage& stage_;
  const InstanceCheck& check_;
  const bool has_admin_;
  Findings& findings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status status_;
  int looking_ = 0;
  std::deque<Expected> waiting_;
  std::unordered_set<std::string> expected_;
  std::unordered_set<std::string> found_;
};

// Compares the store's own list with what was expected.
absl::Status CheckList(Stage& stage, Crawl& crawl, bool all_known,
                       Findings& findings) {
  std::unordered_set<std::string> unlisted = crawl.TakeFound();
  v1::ListInstancesRequest request;
  request.set_store(stage.store());
  request.set_page_size(kPage);
  do {
    const auto page =
        Await(stage.provider(), &Provider::ListInstances, request);
    if (!page.ok()) return page.status();
    for (const std::string& instance : page->instance_ids()) {
      unlisted.erase(instance);
      if (all_known && absl::StartsWith(instance, stage.prefix()) &&
          !crawl.Knows(instance)) {
        findings.Add(kUnknownInstance,
                     absl::StrCat(instance, ": nobody has started it"));
      }
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  for (const std::string& instance : unlisted) {
    findings.Add(kUnlistedInstance,
                 absl::StrCat(instance, ": it is on no page"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckInstances(Stage& stage, std::vector<StartedInstance> started,
                            Findings& findings, const InstanceCheck& check) {
  const auto info = InfoOf(stage);
  if (!info.ok()) return info.status();
  const bool has_admin = Has(*info, v1::CAPABILITY_ADMIN);
  Crawl crawl(stage, check, has_admin, findings);
  if (absl::Status looked = crawl.Run(std::move(started)); !looked.ok()) {
    return looked;
  }
  if (!has_admin) return absl::OkStatus();
  return CheckList(stage, crawl, check.all_known, findings);
}

absl::Status CheckInstances(
    Stage& stage, const std::function<std::string(uint64_t n)>& instance_of,
    Findings& findings, const InstanceCheck& check) {
  std::vector<StartedInstance> started;
  const uint64_t begun = stage.begun();
  started.reserve(begun);
  for (uint64_t n = 0; n < begun; ++n) {
    started.push_back({instance_of(n), stage.OutcomeOf(n)});
  }
  return CheckInstances(stage, std::move(started), findings, check);
}

}  // namespace duroxide::stress
