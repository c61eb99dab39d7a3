#include "conformance/cases/sample_world.h"

#include <algorithm>
#include <utility>

#include "conformance/builders.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/fetch_terms.h"
#include "conformance/matchers.h"
#include "conformance/status_text.h"
#include "google/protobuf/descriptor.h"

namespace duroxide::conformance {
namespace {

// Instances of the world, and one that requests would make.
constexpr std::string_view kInstances[] = {
    "order-1", "order-2", "order-2/child", "order-3", "order-4", "order-9"};

v1::WorkItem FreeActivity() { return ActivityItem("order-1", 13); }

v1::WorkItem FreeActivityOfASession() {
  return ActivityItem("order-1", 14, {.session_id = "cart-1", .tag = "gpu"});
}

v1::FetchWorkItemsRequest FetchOfAny(const Fixture& t, std::string_view owner) {
  v1::FetchWorkItemsRequest fetch;
  *fetch.mutable_lock_timeout() = ToProto(HoldTime(t));
  *fetch.mutable_session() = SessionsOf(owner, HoldTime(t));
  *fetch.mutable_tag_filter() = AnyTag();
  return fetch;
}

}  // namespace

absl::Duration HoldTime(const Fixture& t) { return 20 * t.lock_timeout(); }

void SetStore(google::protobuf::Message& request, std::string_view store) {
  const auto* field = request.GetDescriptor()->FindFieldByName("store");
  if (field == nullptr) return;
  request.GetReflection()->SetString(&request, field, std::string(store));
}

SampleWorld::SampleWorld(Fixture& t, std::string store)
    : t_(t), store_(std::move(store)) {
  // All that is held is taken after this moment.
  const Moment began = Now();
  t.RelyOn(Concat("the locks of the sample world in ", store_),
           {began, began, HoldTime(t)});
  AddInstances();
  AddActivities();
  at_first_ = Look();
}

template <typename Request, typename Response>
Response SampleWorld::Do(ProviderMethod<Request, Response> method,
                         Request request) const {
  request.set_store(store_);
  return t_.Do(method, std::move(request));
}

void SampleWorld::AddInstances() {
  const auto ack = [&](const v1::AckOrchestrationItemRequest& turn) {
    Do(&Provider::AckOrchestrationItem, turn);
  };
  Enqueue(StartItem("order-1"));
  ack(FirstAck(Fetch("order-1"))
          .Append(ActivityScheduledEvent(2))
          .Append(CustomStatusEvent(3, "shipping"))
          .Append(KeyValueSetEvent(4, "carrier", "post")));

  Enqueue(StartItem("order-2"));
  ack(FirstAck(Fetch("order-2"))
          .Append(KeyValueSetEvent(2, "carrier", "train"))
          .Append(ContinuedAsNewEvent(3))
          .Status(v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW)
          .Output("{}")
          .Orchestrator(ContinueAsNewItem("order-2")));
  ack(AckBuilder(Fetch("order-2"))
          .Execution(2)
          .Append(StartedEvent(1))
          .Append(CompletedEvent(2))
          .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
          .Output("done"));

  Enqueue(StartItem("order-2/child"));
  ack(FirstAck(Fetch("order-2/child"))
          .Append(CompletedEvent(2))
          .Parent("order-2")
          .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
          .Output("done"));

  Enqueue(ExternalItem("order-1", "approved"));
  turn_ = Fetch("order-1").lock_token();
  Enqueue(StartItem("order-3"));
  first_turn_ = Fetch("order-3").lock_token();
  Enqueue(StartItem("order-4"));
}

void SampleWorld::AddActivities() {
  EnqueueWork(ActivityItem("order-1", 10));
  activity_ = FetchWork().lock_token();
  EnqueueWork(ActivityItem("order-1", 11));
  other_activity_ = FetchWork().lock_token();
  EnqueueWork(ActivityItem("order-1", 12, {.session_id = "cart-0"}));
  FetchWork();
  EnqueueWork(FreeActivity());
  EnqueueWork(FreeActivityOfASession());
}

void SampleWorld::Enqueue(const v1::WorkItem& message) const {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = message;
  Do(&Provider::EnqueueOrchestratorItem, std::move(request));
}

v1::LockedOrchestrationItem SampleWorld::Fetch(
    std::string_view instance) const {
  v1::FetchOrchestrationItemsRequest request;
  *request.mutable_lock_timeout() = ToProto(HoldTime(t_));
  const v1::FetchOrchestrationItemsResponse fetched =
      Do(&Provider::FetchOrchestrationItems, std::move(request));
  t_.Expect(fetched.items_size(), 1, "fetch of ", instance);
  t_.Expect(fetched.items(0).item().instance(), ::testing::Eq(instance));
  return fetched.items(0);
}

void SampleWorld::EnqueueWork(const v1::WorkItem& activity) const {
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = activity;
  Do(&Provider::EnqueueWorkItem, std::move(request));
}

v1::LockedWorkItem SampleWorld::FetchWork() const {
  const v1::FetchWorkItemsResponse fetched =
      Do(&Provider::FetchWorkItems, FetchOfAny(t_, "worker-0"));
  t_.Expect(fetched.items_size(), 1, "fetch of an activity");
  return fetched.items(0);
}

std::vector<std::string> SampleWorld::Look() const {
  std::vector<AnyMessage> requests;
  constexpr std::string_view kOfInstances[] = {
      "ReadHistory",      "GetCustomStatus",   "ListKvValues",
      "GetInstanceStats", "ListExecutions",    "GetInstanceInfo",
      "ListChildren",     "GetMaxAttemptCount"};
  constexpr std::string_view kOfTheStore[] = {
      "ListInstances", "GetSystemMetrics", "GetQueueDepths"};
  const auto is_in = [](const auto& names, std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) !=
           std::end(names);
  };
  for (const AnyMethod* method : DeclaredMethods(t_)) {
    const AnyMessage request(method->request->New());
    SetStore(*request, store_);
    if (is_in(kOfTheStore, method->name)) requests.push_back(Copy(*request));
    if (!is_in(kOfInstances, method->name)) continue;
    for (const std::string_view instance : kInstances) {
      requests.push_back(Copy(*request));
      request->GetReflection()->SetString(
          requests.back().get(),
          request->GetDescriptor()->FindFieldByName("instance"),
          std::string(instance));
    }
  }
  std::vector<std::string> seen(requests.size());
  SideBySide(t_, requests.size(), [&](size_t i) {
    const absl::StatusOr<AnyMessage> response = CallAny(t_, *requests[i]);
    seen[i] = Concat(MethodFor(*requests[i]).name, " {",
                     requests[i]->ShortDebugString(), "}: ",
                     response.ok() ? (*response)->ShortDebugString()
                                   : StatusText(response.status()));
  });
  return seen;
}

void SampleWorld::ExpectAccepts(
    const std::vector<const AnyMethod*>& methods) const {
  for (const AnyMethod* method : methods) {
    const AnyMessage request = RequestFor(*method);
    const absl::Status status = CallAny(t_, *request).status();
    t_.Expect(StatusText(status), "OK", method->name, " of ",
              request->ShortDebugString());
  }
}

void SampleWorld::ExpectAcceptsAll() const {
  // A lock is renewed before it is given up, and what others need is deleted
  // last.
  const auto place = [](const AnyMethod* method) {
    if (method->name.starts_with("Renew")) return 0;
    return method->name.starts_with("Delete") ? 2 : 1;
  };
  std::vector<const AnyMethod*> methods = DeclaredMethods(t_);
  std::stable_sort(methods.begin(), methods.end(),
                   [&](const AnyMethod* a, const AnyMethod* b) {
                     return place(a) < place(b);
                   });
  ExpectAccepts(methods);
}

void SampleWorld::ExpectUnchanged(std::string_view context) const {
  t_.Expect(Look(), at_first_, context);

  // A batch may be smaller than it could be, so this asks until nothing comes.
  std::vector<v1::LockedOrchestrationItem> turns;
  v1::FetchOrchestrationItemsRequest fetch;
  *fetch.mutable_lock_timeout() = ToProto(HoldTime(t_));
  for (auto got = Do(&Provider::FetchOrchestrationItems, fetch);
       !got.items().empty();
       got = Do(&Provider::FetchOrchestrationItems, fetch)) {
    turns.insert(turns.end(), got.items().begin(), got.items().end());
  }
  t_.Expect(turns.size(), 1u, "instances that wait, ", context);
  t_.Expect(turns[0].item().messages(), AreMessages({StartItem("order-4")}),
            context);
  t_.Expect(turns[0].attempt_count(), 1u, "fetches of order-4, ", context);

  std::vector<v1::WorkItem> activities;
  for (auto got = Do(&Provider::FetchWorkItems, FetchOfAny(t_, "worker-9"));
       !got.items().empty();
       got = Do(&Provider::FetchWorkItems, FetchOfAny(t_, "worker-9"))) {
    for (const v1::LockedWorkItem& locked : got.items()) {
      t_.Expect(locked.attempt_count(), 1u, "fetches of an activity, ",
                context);
      activities.push_back(locked.item());
    }
  }
  t_.Expect(activities, AreMessages({FreeActivity(), FreeActivityOfASession()}),
            "activities that wait, ", context);
}

}  // namespace duroxide::conformance
