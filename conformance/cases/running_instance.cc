#include "conformance/cases/running_instance.h"

#include <utility>

#include "conformance/matchers.h"

namespace duroxide::conformance {

RunningInstance::RunningInstance(Fixture& t, std::string_view id,
                                 const std::optional<std::string>& parent)
    : t_(t), id_(id) {
  StartOptions start;
  if (parent) {
    start.parent_instance = parent;
    start.parent_id = 2;
  }
  t.Enqueue(StartItem(id, start));
  const LockedItem first = Fetch();
  AckBuilder ack(first);
  ack.Append(StartedEvent(1, start))
      .Name(kOrchestration)
      .Version(kOrchestrationVersion)
      .Status(v1::ORCHESTRATION_STATUS_RUNNING);
  if (parent) ack.Parent(*parent);
  t.Ack(ack);
}

LockedItem RunningInstance::Turn(const std::vector<v1::Event>& events) {
  t_.Enqueue(ExternalItem(id_, "next"));
  LockedItem turn = Fetch();
  t_.Ack(Appending(turn, events));
  return turn;
}

void RunningInstance::Complete(const std::vector<v1::Event>& events) {
  End(events, CompletedEvent(0), v1::ORCHESTRATION_STATUS_COMPLETED);
}

void RunningInstance::Fail(const std::vector<v1::Event>& events) {
  End(events, FailedEvent(0), v1::ORCHESTRATION_STATUS_FAILED);
}

LockedItem RunningInstance::ContinueAsNew(
    const std::vector<v1::Event>& events) {
  End(events, ContinuedAsNewEvent(0),
      v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW);
  t_.Enqueue(ContinueAsNewItem(id_));
  LockedItem first = Fetch();
  ++execution_id_;
  t_.Ack(AckBuilder(first)
             .Execution(execution_id_)
             .Append(StartedEvent(1))
             .Name(kOrchestration)
             .Version(kOrchestrationVersion)
             .Status(v1::ORCHESTRATION_STATUS_RUNNING));
  next_event_id_ = 2;
  return first;
}

void RunningInstance::End(std::vector<v1::Event> events, v1::Event last,
                          v1::OrchestrationStatus status) {
  events.push_back(std::move(last));
  t_.Enqueue(ExternalItem(id_, "last"));
  const LockedItem turn = Fetch();
  t_.Ack(Appending(turn, events).Status(status).Output("{}"));
}

LockedItem RunningInstance::Fetch() {
  LockedItem turn = t_.FetchOrchestrationItem();
  t_.Expect(turn, IsItemOf(id_));
  return turn;
}

AckBuilder RunningInstance::Appending(const LockedItem& turn,
                                      const std::vector<v1::Event>& events) {
  t_.Expect(turn.item().execution_id(), execution_id_, "execution of ", id_);
  AckBuilder ack(turn);
  for (v1::Event event : events) {
    event.set_event_id(next_event_id_++);
    ack.Append(event);
  }
  return ack;
}

}  // namespace duroxide::conformance
