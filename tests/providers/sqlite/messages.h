#ifndef DUROXIDE_TESTS_PROVIDERS_SQLITE_MESSAGES_H_
#define DUROXIDE_TESTS_PROVIDERS_SQLITE_MESSAGES_H_

// Short names for the messages that the tests are written in.

#include <cstdint>
#include <string>
#include <vector>

#include "providers/provider.h"

namespace duroxide::sqlite {

google::protobuf::Duration Seconds(int64_t seconds);

// Messages of the orchestrator queue.
v1::WorkItem Start(const std::string& instance);
v1::WorkItem ContinueAsNew(const std::string& instance);
v1::WorkItem Done(const std::string& instance, uint64_t activity_id);
v1::WorkItem Raised(const std::string& instance, const std::string& data);
v1::WorkItem Queued(const std::string& instance, const std::string& data);
v1::WorkItem Fires(const std::string& instance, uint64_t at_ms);

// Activities.
v1::WorkItem Activity(const std::string& instance, uint64_t id);
v1::WorkItem Tagged(v1::WorkItem activity, const std::string& tag);
v1::WorkItem InSession(v1::WorkItem activity, const std::string& session);

// Events of execution 1 of "order".
v1::Event Scheduled(uint64_t event_id, const std::string& input = "");
v1::Event SetKey(uint64_t event_id, const std::string& key,
                 const std::string& value);
v1::Event ClearKey(uint64_t event_id, const std::string& key);
v1::Event ClearKeys(uint64_t event_id);
v1::Event SetStatus(uint64_t event_id, const std::string& status);
v1::Event ClearStatus(uint64_t event_id);

// Metadata with a name and a version; with a status where one is given.
v1::ExecutionMetadata Recorded();
v1::ExecutionMetadata Recorded(v1::OrchestrationStatus status);
v1::ExecutionMetadata ChildOf(const std::string& parent);
v1::SemanticVersion Version(uint64_t major, uint64_t minor, uint64_t patch);

// Requests. Locks are held for an hour unless a test says otherwise.
v1::FetchOrchestrationItemsRequest FetchTurns();
v1::FetchOrchestrationItemsRequest FetchTurnsFrom(
    const v1::SemanticVersion& min, const v1::SemanticVersion& max);
v1::FetchWorkItemsRequest FetchActivities();
v1::FetchWorkItemsRequest FetchActivitiesAs(const std::string& owner);
v1::FetchWorkItemsRequest FetchActivitiesTagged(
    v1::TagFilter::Mode mode, const std::vector<std::string>& tags = {});
v1::AckOrchestrationItemRequest AckTurnOf(uint64_t execution_id,
                                          const std::string& lock_token = "");
v1::EnqueueOrchestratorItemRequest Enqueuing(const v1::WorkItem& item);
v1::EnqueueWorkItemRequest EnqueuingWork(const v1::WorkItem& item);

// The inputs, results or data of an item's messages, in their order.
std::vector<std::string> TextsOf(const v1::OrchestrationItem& item);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_TESTS_PROVIDERS_SQLITE_MESSAGES_H_
