#include "conformance/cases/instance_steps.h"

#include <utility>

#include "conformance/builders.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Not;

std::string Line(const google::protobuf::Message& message) {
  return message.GetTypeName() + " " + message.ShortDebugString();
}

// Reads a list of instances to its end, beginning with `request`.
template <typename Request, typename Response>
std::vector<std::string> AllOf(Fixture& t,
                               ProviderMethod<Request, Response> method,
                               Request request) {
  std::vector<std::string> all;
  do {
    const Response page = t.Do(method, request);
    all.insert(all.end(), page.instance_ids().begin(),
               page.instance_ids().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// Fetches the next turn of `instance`.
LockedItem FetchTurnOf(Fixture& t, std::string_view instance) {
  LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn, IsItemOf(instance));
  return turn;
}

// Commits the one turn of an execution.
void AckWith(Fixture& t, AckBuilder first, v1::OrchestrationStatus status) {
  first.Status(status);
  if (status != v1::ORCHESTRATION_STATUS_RUNNING) first.Output("done");
  t.Ack(first);
}

}  // namespace

void MakeInstance(Fixture& t, std::string_view instance,
                  const NewInstance& options) {
  StartOptions start;
  if (options.parent) {
    start.parent_instance = options.parent;
    start.parent_id = 2;
  }
  t.Enqueue(StartItem(instance, start));
  AckBuilder ack = FirstAck(FetchTurnOf(t, instance));
  if (options.parent) ack.Parent(*options.parent);
  AckWith(t, ack, options.status);
}

void MakeExecutions(Fixture& t, std::string_view instance, uint64_t count,
                    v1::OrchestrationStatus last) {
  for (uint64_t execution = 1; execution <= count; ++execution) {
    t.Enqueue(execution == 1 ? StartItem(instance)
                             : ContinueAsNewItem(instance));
    const LockedItem turn = FetchTurnOf(t, instance);
    AckWith(
        t,
        AckBuilder(turn)
            .Execution(execution)
            .Append(StartedEvent(1))
            .Name(kOrchestration)
            .Version(kOrchestrationVersion),
        execution == count ? last : v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  }
}

std::vector<std::string> InstancesIn(Fixture& t,
                                     v1::OrchestrationStatus status) {
  v1::ListInstancesRequest request;
  request.set_status(status);
  return AllOf(t, &Provider::ListInstances, std::move(request));
}

std::vector<std::string> ChildrenOf(Fixture& t, std::string_view instance) {
  return AllOf(t, &Provider::ListChildren,
               Asking<v1::ListChildrenRequest>(instance));
}

std::optional<std::string> ParentOf(Fixture& t, std::string_view instance) {
  const v1::GetParentResponse parent =
      t.Do(&Provider::GetParent, Asking<v1::GetParentRequest>(instance));
  if (!parent.has_parent_instance_id()) return std::nullopt;
  return parent.parent_instance_id();
}

std::vector<std::string> TreeOf(Fixture& t, std::string_view instance) {
  const v1::GetInstanceTreeResponse tree = t.Do(
      &Provider::GetInstanceTree, Asking<v1::GetInstanceTreeRequest>(instance));
  t.Expect(tree.root_id(), std::string(instance));
  return {tree.all_ids().begin(), tree.all_ids().end()};
}

v1::SystemMetrics MetricsOf(Fixture& t) {
  return t.Do(&Provider::GetSystemMetrics, {}).metrics();
}

v1::QueueDepths Depths(uint64_t orchestrator, uint64_t worker) {
  v1::QueueDepths depths;
  depths.set_orchestrator_queue(orchestrator);
  depths.set_worker_queue(worker);
  return depths;
}

Traces TracesOf(Fixture& t, std::string_view instance) {
  Traces traces = {Line(t.GetInstanceInfo(instance)),
                   Line(t.Do(&Provider::GetCustomStatus,
                             Asking<v1::GetCustomStatusRequest>(instance)))};
  for (const uint64_t execution : t.ListExecutions(instance)) {
    traces.push_back(Line(t.GetExecutionInfo(instance, execution)));
    for (const v1::Event& event : t.ReadHistory(instance, execution)) {
      traces.push_back(Line(event));
    }
  }
  for (const v1::KvEntry& entry : EntriesOf(t, instance)) {
    traces.push_back(Line(entry));
  }
  return traces;
}

void ExpectGone(Fixture& t, std::string_view instance) {
  t.ExpectError(t.TryGetInstanceInfo(instance),
                v1::ERROR_REASON_INSTANCE_NOT_FOUND, instance);
  t.Expect(t.ListInstances(), Not(Contains(std::string(instance))));
  t.Expect(t.ListExecutions(instance), IsEmpty(), "executions of ", instance);
  t.Expect(t.ReadHistory(instance, 1), IsEmpty(), "history of ", instance);
  t.Expect(EntriesOf(t, instance), IsEmpty(), "key-values of ", instance);
  t.Expect(t.Do(&Provider::GetCustomStatus,
                Asking<v1::GetCustomStatusRequest>(instance)),
           IsMessage(v1::GetCustomStatusResponse()), "status of ", instance);
}

uint64_t NextMoment(Fixture& t) {
  const uint64_t past = ProviderNowMs(t);
  uint64_t now = past;
  t.Eventually([&] { return now = ProviderNowMs(t); }, ::testing::Gt(past),
               "the provider's clock");
  return now;
}

}  // namespace duroxide::conformance
