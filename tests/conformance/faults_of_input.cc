// Faults of providers that take what is malformed, or change it on the way.

#include <algorithm>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "providers/await.h"
#include "providers/validation.h"
#include "tests/conformance/each_text.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// As a language does whose texts end there.
FaultHooks TextsEndAtNul() {
  return {.before = [](Provider&, Message& request) {
    OnEachText(request, [](const auto&, std::string& text) {
      text.resize(std::min(text.size(), text.find('\0')));
    });
  }};
}

FaultHooks ErrorsNameNoField() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    if (ReasonOf(status) != v1::ERROR_REASON_INVALID_REQUEST) return;
    status = MakeError(v1::ERROR_REASON_INVALID_REQUEST, "malformed");
  }};
}

// Takes zero for the shortest time that there is.
FaultHooks LocksMayLastForNothing() {
  const auto at_least = [](google::protobuf::Duration& time) {
    if (time.seconds() == 0 && time.nanos() == 0) time.set_nanos(1'000'000);
  };
  return {.before = [at_least](Provider&, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(
        request, [&](auto& fetch) { at_least(*fetch.mutable_lock_timeout()); });
    On<v1::FetchWorkItemsRequest>(
        request, [&](auto& fetch) { at_least(*fetch.mutable_lock_timeout()); });
    const auto extend = [&](auto& renew) {
      at_least(*renew.mutable_extend_for());
    };
    On<v1::RenewOrchestrationItemLockRequest>(request, extend);
    On<v1::RenewWorkItemLockRequest>(request, extend);
    On<v1::RenewSessionLocksRequest>(request, extend);
  }};
}

FaultHooks NegativeDelaysAreNone() {
  const auto forget = [](auto& delayed) {
    if (delayed.delay().seconds() < 0) delayed.clear_delay();
  };
  return {.before = [forget](Provider&, Message& request) {
    On<v1::EnqueueOrchestratorItemRequest>(request, forget);
    On<v1::AbandonOrchestrationItemRequest>(request, forget);
    On<v1::AbandonWorkItemRequest>(request, forget);
  }};
}

// Drops what it does not understand and says that all is well.
FaultHooks MessagesWithoutKindAreTaken() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    const auto forgive = [&](const auto* enqueue) {
      if (enqueue == nullptr) return;
      if (enqueue->item().kind_case() == v1::WorkItem::KIND_NOT_SET) {
        status = absl::OkStatus();
      }
    };
    forgive(dynamic_cast<const v1::EnqueueOrchestratorItemRequest*>(&request));
    forgive(dynamic_cast<const v1::EnqueueWorkItemRequest*>(&request));
  }};
}

FaultHooks EmptyIdsAreSkipped() {
  const auto skip = [](auto& ids) {
    ids.erase(std::remove(ids.begin(), ids.end(), ""), ids.end());
  };
  return {.before = [skip](Provider&, Message& request) {
    On<v1::DeleteInstancesRequest>(
        request, [&](auto& all) { skip(*all.mutable_instances()); });
    On<v1::PruneExecutionsByFilterRequest>(request, [&](auto& prune) {
      skip(*prune.mutable_filter()->mutable_instance_ids()->mutable_ids());
    });
    On<v1::RenewSessionLocksRequest>(
        request, [&](auto& renew) { skip(*renew.mutable_owner_ids()); });
  }};
}

// Takes the lock first and looks at the rest then.
FaultHooks MalformedFetchesLock() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::FetchOrchestrationItemsRequest>(request, [&](auto& fetch) {
      if (Validate(fetch).ok()) return;
      v1::FetchOrchestrationItemsRequest sound;
      sound.set_store(fetch.store());
      sound.mutable_lock_timeout()->set_seconds(60);
      Await(working, &Provider::FetchOrchestrationItems, sound).IgnoreError();
    });
  }};
}

// Commits a turn up to the first thing that is malformed.
FaultHooks MalformedAcksAreCommittedInPart() {
  return {.before = [](Provider& working, Message& request) {
    On<v1::AckOrchestrationItemRequest>(request, [&](auto& ack) {
      if (Validate(ack).ok()) return;
      for (const v1::WorkItem& item : ack.worker_items()) {
        v1::EnqueueWorkItemRequest enqueue;
        enqueue.set_store(ack.store());
        *enqueue.mutable_item() = item;
        Await(working, &Provider::EnqueueWorkItem, enqueue).IgnoreError();
      }
    });
  }};
}

FaultHooks UnknownPagesAreTheFirst() {
  return {.before = [](Provider&, Message& request) {
    const auto begin = [](auto& list) {
      if (list.page_token() == "no-such-page") list.clear_page_token();
    };
    On<v1::ListInstancesRequest>(request, begin);
    On<v1::ListExecutionsRequest>(request, begin);
    On<v1::ListChildrenRequest>(request, begin);
  }};
}

FaultHooks TheDefaultStoreIsDropped() {
  return {.after = [](const Message& request, Message&, absl::Status& status) {
    const auto* drop =
        dynamic_cast<const testing_v1::DropStoreRequest*>(&request);
    if (drop != nullptr && drop->store().empty()) status = absl::OkStatus();
  }};
}

FaultHooks RequestIdsAreOfAnyLength() {
  return {.before = [](Provider&, Message& request) {
    const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
    if (field == nullptr) return;
    const auto* reflection = request.GetReflection();
    const size_t size = reflection->GetString(request, field).size();
    if (size == 0 || size > 128) reflection->ClearField(&request, field);
  }};
}

FaultHooks PayloadIsJudged() {
  return {.before = [](Provider&, Message& request) {
    On<v1::AppendHistoryRequest>(request, [](auto& append) {
      for (v1::Event& event : *append.mutable_events()) {
        if (event.has_activity_scheduled() &&
            event.activity_scheduled().name().empty()) {
          event.clear_kind();
        }
      }
    });
  }};
}

// As JSON does in some languages.
FaultHooks NumbersAreFloatingPoint() {
  return {.after = [](const Message&, Message& response, absl::Status&) {
    On<v1::ReadHistoryResponse>(response, [](auto& read) {
      for (v1::Event& event : *read.mutable_events()) {
        event.set_event_id(
            static_cast<uint64_t>(static_cast<double>(event.event_id())));
      }
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfInput() {
  return {
      {"TextsEndAtNul",
       {{"input/reads_of_an_instance", "WIRE-9"},
        {"input/instance_stats", "WIRE-9"},
        {"input/administration", "WIRE-9"},
        {"input/deletions", "WIRE-9"},
        {"input/prunes", "WIRE-9"},
        {"input/stores_to_make_and_drop", "WIRE-9"},
        {"input/test_hooks", "WIRE-9"},
        {"input/history", "WIRE-9"}},
       &TextsEndAtNul},
      {"ErrorsNameNoField",
       {{"input/activities_to_enqueue", "WIRE-9"},
        {"input/end_of_an_activity", "WIRE-9"},
        {"input/request_ids", "WIRE-9"},
        {"input/stores_to_make_and_drop", "WIRE-9"}},
       &ErrorsNameNoField},
      {"LocksMayLastForNothing",
       {{"input/fetch_of_turns", "WIRE-9"},
        {"input/fetch_of_activities", "WIRE-9"},
        {"input/renewal_and_ack_of_a_turn", "RENEW-1"},
        {"input/session_times", "SESS-2"},
        {"input/is_checked_first", "WIRE-9"}},
       &LocksMayLastForNothing},
      {"NegativeDelaysAreNone",
       {{"input/abandon_of_a_turn", "ABANDON-1"},
        {"input/messages_to_enqueue", "ENQ-1"},
        {"input/end_of_an_activity", "WORK-3"}},
       &NegativeDelaysAreNone},
      {"MessagesWithoutKindAreTaken",
       {{"input/messages_to_enqueue", "ENQ-1"},
        {"input/activities_to_enqueue", "WORK-1"}},
       &MessagesWithoutKindAreTaken},
      {"EmptyIdsAreSkipped",
       {{"input/deletions", "DEL-1"},
        {"input/prunes", "PRUNE-1"},
        {"input/session_times", "SESS-2"}},
       &EmptyIdsAreSkipped},
      {"MalformedFetchesLock",
       {{"input/fetch_of_turns", "WIRE-9"}},
       &MalformedFetchesLock},
      {"MalformedAcksAreCommittedInPart",
       {{"input/renewal_and_ack_of_a_turn", "ACK-1"}},
       &MalformedAcksAreCommittedInPart},
      {"UnknownPagesAreTheFirst",
       {{"input/administration", "ADMIN-1"}},
       &UnknownPagesAreTheFirst},
      {"TheDefaultStoreIsDropped",
       {{"input/stores_to_make_and_drop", "WIRE-1"}},
       &TheDefaultStoreIsDropped},
      {"RequestIdsAreOfAnyLength",
       {{"input/request_ids", "WIRE-7"}},
       &RequestIdsAreOfAnyLength},
      {"PayloadIsJudged",
       {{"input/payload_is_not_judged", "WIRE-9"}},
       &PayloadIsJudged},
      {"NumbersAreFloatingPoint",
       {{"input/large_numbers", "ACK-3"}},
       &NumbersAreFloatingPoint},
  };
}

}  // namespace duroxide::conformance
