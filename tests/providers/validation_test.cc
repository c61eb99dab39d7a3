#include "providers/validation.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "providers/errors.h"

namespace duroxide {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::Message;
using ::google::protobuf::MessageFactory;
using ::testing::StartsWith;
using ::testing::TestWithParam;
using ::testing::Values;

// A request as text: the type by its name in the contract's packages.
struct Case {
  std::string type;
  std::string text;
  // Where the request is refused: the field that the error must name.
  std::string field = {};
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.type << " { " << c.text << " } " << c.field;
}

std::unique_ptr<Message> Parse(const Case& c) {
  const Descriptor* type = nullptr;
  for (const auto* file :
       {v1::AckWorkItemRequest::descriptor()->file(),
        v1::ListInstancesRequest::descriptor()->file(),
        testing_v1::DropStoreRequest::descriptor()->file()}) {
    type = type != nullptr ? type : file->FindMessageTypeByName(c.type);
  }
  std::unique_ptr<Message> message(
      MessageFactory::generated_factory()->GetPrototype(type)->New());
  EXPECT_TRUE(
      google::protobuf::TextFormat::ParseFromString(c.text, message.get()))
      << c.text;
  return message;
}

class AcceptedTest : public TestWithParam<Case> {};

TEST_P(AcceptedTest, IsOk) {
  const absl::Status status = Validate(*Parse(GetParam()));
  EXPECT_TRUE(status.ok()) << status;
}

class RefusedTest : public TestWithParam<Case> {};

TEST_P(RefusedTest, NamesTheField) {
  const absl::Status status = Validate(*Parse(GetParam()));
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_INVALID_REQUEST) << status;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()),
              StartsWith(GetParam().field + ": "));
}

// Every request in its smallest form, and values that look odd and are fine.
INSTANTIATE_TEST_SUITE_P(
    Smallest, AcceptedTest,
    Values(
        Case{"GetProviderInfoRequest", ""},
        Case{"FetchOrchestrationItemsRequest", "lock_timeout { seconds: 1 }"},
        Case{"FetchWorkItemsRequest", "lock_timeout { nanos: 1 }"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 metadata {}"},
        Case{"AbandonOrchestrationItemRequest", "lock_token: 't'"},
        Case{"RenewOrchestrationItemLockRequest",
             "lock_token: 't' extend_for { seconds: 1 }"},
        Case{"AckWorkItemRequest", "lock_token: 't'"},
        Case{"AbandonWorkItemRequest", "lock_token: 't' delay {}"},
        Case{"RenewWorkItemLockRequest",
             "lock_token: 't' extend_for { seconds: 1 }"},
        Case{"RenewSessionLocksRequest", "extend_for { seconds: 1 }"},
        Case{"CleanupOrphanedSessionsRequest", ""},
        Case{"ReadHistoryRequest", "instance: 'i'"},
        Case{"AppendHistoryRequest", "instance: 'i' execution_id: 1"},
        Case{"GetCustomStatusRequest", "instance: 'i'"},
        Case{"GetKvValueRequest", "instance: 'i' key: ''"},
        Case{"ListKvValuesRequest", "instance: 'i'"},
        Case{"GetInstanceStatsRequest", "instance: 'i'"},
        Case{"ListInstancesRequest", ""},
        Case{"ListExecutionsRequest", "instance: 'i' page_size: 1000"},
        Case{"GetLatestExecutionRequest", "instance: 'i'"},
        Case{"GetInstanceInfoRequest", "instance: 'i'"},
        Case{"GetExecutionInfoRequest", "instance: 'i' execution_id: 1"},
        Case{"GetSystemMetricsRequest", ""}, Case{"GetQueueDepthsRequest", ""},
        Case{"ListChildrenRequest", "instance: 'i'"},
        Case{"GetParentRequest", "instance: 'i'"},
        Case{"GetInstanceTreeRequest", "instance: 'i'"},
        Case{"DeleteInstanceRequest", "instance: 'i'"},
        Case{"DeleteInstancesRequest", ""},
        Case{"DeleteInstancesByFilterRequest", ""},
        Case{"PruneExecutionsRequest", "instance: 'i'"},
        Case{"PruneExecutionsByFilterRequest", "filter { instance_ids {} }"},
        Case{"CreateStoreRequest", ""}, Case{"DropStoreRequest", "store: 's'"},
        Case{"CorruptInstanceHistoryRequest", "instance: 'i'"},
        Case{"GetMaxAttemptCountRequest", "instance: 'i'"}));

INSTANTIATE_TEST_SUITE_P(
    OddButFine, AcceptedTest,
    Values(
        // Text of any script and length, an empty session id and tag.
        Case{"EnqueueWorkItemRequest",
             "item { activity_execute { instance: 'é\\n\\t\"' name: 'n' "
             "session_id: '' tag: '' } }"},
        // Work items do not say which execution or event they are for.
        Case{"EnqueueOrchestratorItemRequest",
             "item { timer_fired { instance: 'i' } } delay {}"},
        Case{"EnqueueOrchestratorItemRequest",
             "item { queue_message { instance: 'i' name: '' data: '' } }"},
        Case{"EnqueueOrchestratorItemRequest",
             "item { start_orchestration { instance: 'i' orchestration: 'o' "
             "version: '' } }"},
        Case{"EnqueueOrchestratorItemRequest",
             "item { sub_orchestration_failed { parent_instance: 'p' } }"},
        // Two events of one id are the engine's to refuse.
        Case{"AppendHistoryRequest",
             "instance: 'i' execution_id: 1 "
             "events { event_id: 1 instance_id: 'i' key_values_cleared {} } "
             "events { event_id: 1 instance_id: 'i' key_values_cleared {} }"},
        // What an event says is the runtime's business.
        Case{"AppendHistoryRequest",
             "instance: 'i' execution_id: 1 events { event_id: 1 instance_id: "
             "'i' sub_orchestration_scheduled { name: '' instance: '' } }"},
        Case{"AppendHistoryRequest",
             "instance: 'i' execution_id: 1 events { event_id: 1 instance_id: "
             "'i' activity_failed { details {} } }"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 "
             "metadata { status: ORCHESTRATION_STATUS_RUNNING output: '' }"},
        Case{"AckWorkItemRequest",
             "lock_token: 't' completion { activity_failed { instance: 'i' } "
             "}"},
        Case{"FetchOrchestrationItemsRequest",
             "lock_timeout { seconds: 315576000000 } poll_timeout {} "
             "max_items: 4294967295 filter {}"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { mode: MODE_TAGS "
             "tags: 'a' tags: 'b' tags: 'c' tags: 'd' tags: '' }"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter {}"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } "
             "session { owner_id: 'o' lock_timeout { nanos: 1 } }"}));

INSTANTIATE_TEST_SUITE_P(
    Text, RefusedTest,
    Values(
        Case{"GetProviderInfoRequest", "store: 'a\\000'", "store"},
        Case{"ListInstancesRequest", "page_token: '\\000'", "page_token"},
        Case{"DeleteInstancesRequest", "instances: 'a' instances: 'b\\000c'",
             "instances[1]"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 "
             "history_delta { event_id: 1 instance_id: 'i' timer_created {} } "
             "history_delta { event_id: 2 instance_id: 'i' "
             "activity_scheduled { name: 'a\\000b' } }",
             "history_delta[1].activity_scheduled.name"},
        Case{"AckWorkItemRequest",
             "lock_token: 't' completion { activity_failed { instance: 'i' "
             "details { poison { activity { activity_name: '\\000' } } } } }",
             "completion.activity_failed.details.poison.activity.activity_"
             "name"},
        Case{"EnqueueOrchestratorItemRequest",
             "item { continue_as_new { instance: 'i' orchestration: 'o' "
             "carry_forward_events { name: 'n' data: '\\000' } } }",
             "item.continue_as_new.carry_forward_events[0].data"},
        Case{"AbandonWorkItemRequest", "lock_token: 't' request_id: ''",
             "request_id"},
        Case{"AbandonWorkItemRequest",
             "lock_token: 't' request_id: '" + std::string(129, 'x') + "'",
             "request_id"}));

INSTANTIATE_TEST_SUITE_P(
    Durations, RefusedTest,
    Values(Case{"AbandonWorkItemRequest",
                "lock_token: 't' delay { seconds: -1 }", "delay"},
           Case{"AbandonWorkItemRequest", "lock_token: 't' delay { nanos: -1 }",
                "delay"},
           Case{"AbandonWorkItemRequest",
                "lock_token: 't' delay { seconds: 1 nanos: -1 }", "delay"},
           Case{"AbandonWorkItemRequest",
                "lock_token: 't' delay { nanos: 1000000000 }", "delay"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { cancel_instance { instance: 'i' } } "
                "delay { seconds: 315576000001 }",
                "delay"},
           Case{"FetchOrchestrationItemsRequest", "", "lock_timeout"},
           Case{"FetchOrchestrationItemsRequest", "lock_timeout {}",
                "lock_timeout"},
           Case{"FetchOrchestrationItemsRequest",
                "lock_timeout { seconds: 1 } poll_timeout { seconds: -1 }",
                "poll_timeout"},
           Case{"FetchWorkItemsRequest", "", "lock_timeout"},
           Case{"RenewWorkItemLockRequest", "lock_token: 't'", "extend_for"},
           Case{"RenewOrchestrationItemLockRequest",
                "lock_token: 't' extend_for {}", "extend_for"},
           Case{"RenewSessionLocksRequest", "owner_ids: 'o'", "extend_for"},
           Case{"RenewSessionLocksRequest",
                "extend_for { seconds: 1 } idle_timeout { seconds: -1 }",
                "idle_timeout"}));

INSTANTIATE_TEST_SUITE_P(
    Identifiers, RefusedTest,
    Values(
        Case{"AckOrchestrationItemRequest", "execution_id: 1", "lock_token"},
        Case{"AckOrchestrationItemRequest", "lock_token: 't'", "execution_id"},
        Case{"AbandonOrchestrationItemRequest", "", "lock_token"},
        Case{"RenewOrchestrationItemLockRequest", "", "lock_token"},
        Case{"AckWorkItemRequest", "", "lock_token"},
        Case{"AbandonWorkItemRequest", "", "lock_token"},
        Case{"RenewWorkItemLockRequest", "", "lock_token"},
        Case{"ReadHistoryRequest", "", "instance"},
        Case{"ReadHistoryRequest", "instance: 'i' execution_id: 0",
             "execution_id"},
        Case{"AppendHistoryRequest", "execution_id: 1", "instance"},
        Case{"AppendHistoryRequest", "instance: 'i'", "execution_id"},
        Case{"GetExecutionInfoRequest", "instance: 'i'", "execution_id"},
        Case{"GetKvValueRequest", "key: 'k'", "instance"},
        Case{"DeleteInstancesRequest", "instances: 'a' instances: ''",
             "instances[1]"},
        Case{"DeleteInstancesByFilterRequest",
             "filter { instance_ids { ids: '' } }",
             "filter.instance_ids.ids[0]"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 "
             "cancelled_activities { execution_id: 1 activity_id: 1 }",
             "cancelled_activities[0].instance"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 "
             "metadata { parent_instance_id: '' }",
             "metadata.parent_instance_id"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } session { lock_timeout { seconds: 1 "
             "} }",
             "session.owner_id"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } session { owner_id: 'o' }",
             "session.lock_timeout"},
        Case{"RenewSessionLocksRequest",
             "owner_ids: 'a' owner_ids: '' extend_for { seconds: 1 }",
             "owner_ids[1]"},
        Case{"DropStoreRequest", "", "store"}));

INSTANTIATE_TEST_SUITE_P(
    Events, RefusedTest,
    Values(Case{"AppendHistoryRequest",
                "instance: 'i' execution_id: 1 "
                "events { instance_id: 'i' timer_created {} }",
                "events[0].event_id"},
           Case{"AppendHistoryRequest",
                "instance: 'i' execution_id: 1 "
                "events { event_id: 1 timer_created {} }",
                "events[0].instance_id"},
           Case{"AckOrchestrationItemRequest",
                "lock_token: 't' execution_id: 1 "
                "history_delta { event_id: 1 instance_id: 'i' }",
                "history_delta[0].kind"}));

INSTANTIATE_TEST_SUITE_P(
    WorkItems, RefusedTest,
    Values(Case{"EnqueueOrchestratorItemRequest", "", "item"},
           Case{"EnqueueOrchestratorItemRequest", "item {}", "item.kind"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { activity_execute { instance: 'i' name: 'n' } }",
                "item"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { cancel_instance { reason: 'r' } }",
                "item.cancel_instance.instance"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { sub_orchestration_completed { parent_id: 1 } }",
                "item.sub_orchestration_completed.parent_instance"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { start_orchestration { instance: 'i' } }",
                "item.start_orchestration.orchestration"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { start_orchestration { instance: 'i' orchestration: 'o' "
                "parent_instance: '' } }",
                "item.start_orchestration.parent_instance"},
           Case{"EnqueueOrchestratorItemRequest",
                "item { continue_as_new { instance: 'i' } }",
                "item.continue_as_new.orchestration"},
           Case{"EnqueueWorkItemRequest", "", "item"},
           Case{"EnqueueWorkItemRequest", "item {}", "item.kind"},
           Case{"EnqueueWorkItemRequest",
                "item { activity_execute { instance: 'i' } }",
                "item.activity_execute.name"},
           Case{"EnqueueWorkItemRequest",
                "item { activity_completed { instance: 'i' } }", "item"},
           Case{"AckOrchestrationItemRequest",
                "lock_token: 't' execution_id: 1 orchestrator_items { "
                "activity_execute { instance: 'i' name: 'n' } }",
                "orchestrator_items[0]"},
           Case{"AckOrchestrationItemRequest",
                "lock_token: 't' execution_id: 1 worker_items { "
                "activity_execute { instance: 'i' name: 'n' } } "
                "worker_items { timer_fired { instance: 'i' } }",
                "worker_items[1]"},
           Case{"AckOrchestrationItemRequest",
                "lock_token: 't' execution_id: 1 worker_items {}",
                "worker_items[0].kind"},
           Case{"AckWorkItemRequest", "lock_token: 't' completion {}",
                "completion.kind"},
           Case{"AckWorkItemRequest",
                "lock_token: 't' completion { timer_fired { instance: 'i' } }",
                "completion"}));

INSTANTIATE_TEST_SUITE_P(
    FiltersAndPages, RefusedTest,
    Values(
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { mode: MODE_TAGS }",
             "tag_filter.tags"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { mode: MODE_DEFAULT_AND "
             "}",
             "tag_filter.tags"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { mode: MODE_DEFAULT_AND "
             "tags: 'a' tags: 'b' tags: 'c' tags: 'd' tags: 'e' tags: 'f' }",
             "tag_filter.tags"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { tags: 'a' }",
             "tag_filter.tags"},
        Case{"FetchWorkItemsRequest",
             "lock_timeout { seconds: 1 } tag_filter { mode: MODE_ANY "
             "tags: 'a' }",
             "tag_filter.tags"},
        Case{"FetchOrchestrationItemsRequest",
             "lock_timeout { seconds: 1 } filter { supported_versions { max {} "
             "} }",
             "filter.supported_versions[0].min"},
        Case{"FetchOrchestrationItemsRequest",
             "lock_timeout { seconds: 1 } filter { supported_versions { min {} "
             "max {} } supported_versions { min {} } }",
             "filter.supported_versions[1].max"},
        Case{"ListInstancesRequest", "status: ORCHESTRATION_STATUS_UNSPECIFIED",
             "status"},
        Case{"AckOrchestrationItemRequest",
             "lock_token: 't' execution_id: 1 "
             "metadata { status: ORCHESTRATION_STATUS_UNSPECIFIED }",
             "metadata.status"},
        Case{"ListInstancesRequest", "page_size: 1001", "page_size"},
        Case{"ListChildrenRequest", "instance: 'i' page_size: 1001",
             "page_size"}));

// Text cannot say an enum value that nobody knows.
TEST(ValidationTest, UnknownEnumValuesAreRefused) {
  v1::ListInstancesRequest list;
  list.set_status(static_cast<v1::OrchestrationStatus>(99));
  EXPECT_THAT(std::string(Validate(list).message()), StartsWith("status: "));

  v1::FetchWorkItemsRequest fetch;
  fetch.mutable_lock_timeout()->set_seconds(1);
  fetch.mutable_tag_filter()->set_mode(static_cast<v1::TagFilter::Mode>(99));
  EXPECT_THAT(std::string(Validate(fetch).message()),
              StartsWith("tag_filter.mode: "));
}

}  // namespace
}  // namespace duroxide
