#include "conformance/stress/check/queues.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "conformance/stress/capabilities.h"
#include "conformance/stress/check/kinds.h"
#include "providers/await.h"
#include "providers/provider.h"

namespace duroxide::stress {
namespace {

// How many messages are taken out to be looked at, and for how long: longer
// than it takes, in case they cannot be given back.
constexpr int kMostLooks = 1000;
constexpr int kLockSeconds = 10;

// Takes out what can be fetched, and gives it back in the end.
class Look {
 public:
  Look(Stage& stage, Findings& findings) : stage_(stage), findings_(findings) {}

  absl::Status AtInstances() {
    v1::FetchOrchestrationItemsRequest request;
    request.set_store(stage_.store());
    request.mutable_lock_timeout()->set_seconds(kLockSeconds);
    std::vector<std::string> tokens;
    absl::Status status;
    while (tokens.size() < kMostLooks) {
      const auto fetched =
          Await(stage_.provider(), &Provider::FetchOrchestrationItems, request);
      status.Update(fetched.status());
      if (!fetched.ok() || fetched->items().empty()) break;
      for (const auto& locked : fetched->items()) {
        tokens.push_back(locked.lock_token());
        Count(locked.item().instance(), "messages for the instance",
              locked.item().messages_size());
      }
    }
    for (const std::string& token : tokens) {
      v1::AbandonOrchestrationItemRequest abandon;
      GiveBack(abandon, token, &Provider::AbandonOrchestrationItem, status);
    }
    return status;
  }

  absl::Status AtActivities() {
    v1::FetchWorkItemsRequest request;
    request.set_store(stage_.store());
    request.mutable_lock_timeout()->set_seconds(kLockSeconds);
    request.mutable_tag_filter()->set_mode(v1::TagFilter::MODE_ANY);
    std::vector<std::string> tokens;
    absl::Status status;
    while (tokens.size() < kMostLooks) {
      const auto fetched =
          Await(stage_.provider(), &Provider::FetchWorkItems, request);
      status.Update(fetched.status());
      if (!fetched.ok() || fetched->items().empty()) break;
      for (const auto& locked : fetched->items()) {
        tokens.push_back(locked.lock_token());
        Count(locked.item().activity_execute().instance(),
              "an activity of the instance", 1);
      }
    }
    for (const std::string& token : tokens) {
      v1::AbandonWorkItemRequest abandon;
      GiveBack(abandon, token, &Provider::AbandonWorkItem, status);
    }
    return status;
  }

 private:
  void Count(const std::string& instance, std::string_view what, int count) {
    if (!absl::StartsWith(instance, stage_.prefix())) return;
    findings_.Add(kQueueNotEmpty,
                  absl::StrCat(std::string(what), " ", instance),
                  static_cast<uint64_t>(count));
  }

  template <typename Request, typename Response>
  void GiveBack(Request& request, const std::string& token,
                void (Provider::*method)(const CallContext&, const Request*,
                                         Response*, Provider::Done),
                absl::Status& status) {
    request.set_store(stage_.store());
    request.set_lock_token(token);
    request.set_ignore_attempt(true);
    status.Update(Await(stage_.provider(), method, request).status());
  }

  Stage& stage_;
  Findings& findings_;
};

}  // namespace

absl::Status CheckQueuesEmpty(Stage& stage, Findings& findings) {
  const auto info = InfoOf(stage);
  if (!info.ok()) return info.status();
  if (Has(*info, v1::CAPABILITY_ADMIN)) {
    v1::GetQueueDepthsRequest request;
    request.set_store(stage.store());
    const auto read =
        Await(stage.provider(), &Provider::GetQueueDepths, request);
    if (!read.ok()) return read.status();
    const v1::QueueDepths& depths = read->depths();
    const uint64_t left = depths.orchestrator_queue() + depths.worker_queue() +
                          depths.timer_queue();
    if (left == 0) return absl::OkStatus();
    if (!stage.store().empty()) {
      findings.Add(
          kQueueNotEmpty,
          absl::StrCat(depths.orchestrator_queue(), " messages for instances, ",
                       depths.worker_queue(), " activities, ",
                       depths.timer_queue(), " timers"),
          left);
      return absl::OkStatus();
    }
  }
  Look look(stage, findings);
  absl::Status status = look.AtInstances();
  status.Update(look.AtActivities());
  return status;
}

}  // namespace duroxide::stress
