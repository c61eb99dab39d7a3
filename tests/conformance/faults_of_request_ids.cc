// Faults of requests that are sent again under their request id.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

// A text field of a request, which it may lack.
class TextField {
 public:
  TextField(const Message& message, const std::string& name)
      : reflection_(*message.GetReflection()),
        field_(message.GetDescriptor()->FindFieldByName(name)) {}

  std::string Of(const Message& message) const {
    return field_ == nullptr ? "" : reflection_.GetString(message, field_);
  }
  void Set(Message& message, std::string value) const {
    reflection_.SetString(&message, field_, std::move(value));
  }
  void Clear(Message& message) const {
    if (field_ != nullptr) reflection_.ClearField(&message, field_);
  }

 private:
  const google::protobuf::Reflection& reflection_;
  const google::protobuf::FieldDescriptor* const field_;
};

// A request id in its store.
using Known = std::pair<std::string, std::string>;

Known KeyOf(const Message& request) {
  return {TextField(request, "store").Of(request),
          TextField(request, "request_id").Of(request)};
}

// Thread-safe.
class KnownIds {
 public:
  void Add(const Known& id) {
    std::lock_guard lock(mutex_);
    ids_.insert(id);
  }
  bool Has(const Known& id) {
    std::lock_guard lock(mutex_);
    return ids_.contains(id);
  }

 private:
  std::mutex mutex_;
  std::set<Known> ids_;
};

FaultHooks RequestIdsAreIgnored() {
  return {.before = [](Provider&, Message& request) {
    TextField(request, "request_id").Clear(request);
  }};
}

// Remembers under which ids something ended for this reason; `again` then
// changes the request.
FaultHooks Remembering(bool (*ended)(const absl::Status&),
                       void (*again)(Message& request, const std::string& id)) {
  auto known = std::make_shared<KnownIds>();
  return {.before =
              [known, again](Provider&, Message& request) {
                const Known id = KeyOf(request);
                if (known->Has(id)) again(request, id.second);
              },
          .after =
              [known, ended](const Message& request, Message&,
                             const absl::Status& status) {
                const Known id = KeyOf(request);
                if (!id.second.empty() && ended(status)) known->Add(id);
              }};
}

FaultHooks ErrorsAreForgotten() {
  return Remembering(
      [](const absl::Status& status) { return !status.ok(); },
      [](Message& request, const std::string& id) {
        TextField(request, "request_id").Set(request, id + " once more");
      });
}

FaultHooks RefusalsAreRemembered() {
  return Remembering(
      [](const absl::Status& status) {
        return ReasonOf(status) == v1::ERROR_REASON_INVALID_REQUEST;
      },
      [](Message& request, const std::string&) {
        TextField(request, "request_id").Set(request, "");
      });
}

// A repeated ack is told that its lock is lost.
FaultHooks RepeatedAcksFail() {
  return Remembering([](const absl::Status& status) { return status.ok(); },
                     [](Message& request, const std::string&) {
                       const auto refuse = [](auto& ack) {
                         ack.clear_request_id();
                       };
                       On<v1::AckOrchestrationItemRequest>(request, refuse);
                       On<v1::AckWorkItemRequest>(request, refuse);
                     });
}

// An id that was given to two requests gets the outcome of the first for both.
FaultHooks ContentIsNotCompared() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_INVALID_REQUEST, status);
  }};
}

// An id that another store knows is taken to be that store's request.
FaultHooks IdsAreSharedByStores() {
  struct State {
    std::mutex mutex;
    std::map<std::string, std::string> store_of;
  };
  auto state = std::make_shared<State>();
  return {.before = [state](Provider&, Message& request) {
    const auto [store, id] = KeyOf(request);
    if (store.empty() || id.empty()) return;
    std::lock_guard lock(state->mutex);
    const auto& first = state->store_of.try_emplace(id, store).first->second;
    TextField(request, "store").Set(request, first);
  }};
}

// Tells what there is now, instead of what there was the first time.
FaultHooks CountsAreNotRemembered() {
  auto known = std::make_shared<KnownIds>();
  return {.after = [known](const Message& request, Message& response,
                           const absl::Status& status) {
    const Known id = KeyOf(request);
    if (id.second.empty() || !status.ok()) return;
    if (known->Has(id)) response.Clear();
    known->Add(id);
  }};
}

FaultHooks RequestIdsAreNotDeclared() {
  return Hiding(v1::CAPABILITY_IDEMPOTENT_REQUESTS);
}

}  // namespace

std::vector<Fault> FaultsOfRequestIds() {
  return {
      {"RequestIdsAreIgnored",
       {{"request_ids/a_repeated_enqueue_stores_one_message", "WIRE-7"},
        {"request_ids/a_repeated_ack_of_a_turn_commits_once", "WIRE-7"},
        {"request_ids/a_repeated_ack_of_an_activity_completes_once", "WIRE-7"},
        {"request_ids/a_repeated_abandon_gives_back_once", "WIRE-7"},
        {"request_ids/a_repeated_renewal_extends_once", "WIRE-7"},
        {"request_ids/a_repeated_append_stores_its_events_once", "WIRE-7"},
        {"request_ids/a_repeated_call_on_sessions_counts_the_same", "WIRE-7"},
        {"request_ids/a_repeated_deletion_deletes_once", "WIRE-7"},
        {"request_ids/a_repeated_prune_removes_once", "WIRE-7"},
        {"request_ids/stores_are_made_and_dropped_once", "WIRE-7"},
        {"request_ids/a_permanent_error_is_an_outcome", "WIRE-7"},
        {"request_ids/an_id_is_good_for_one_request", "WIRE-7"},
        {"request_ids/requests_that_meet_are_carried_out_once", "WIRE-7"}},
       &RequestIdsAreIgnored},
      {"ErrorsAreForgotten",
       {{"request_ids/a_permanent_error_is_an_outcome", "WIRE-7"}},
       &ErrorsAreForgotten},
      {"RefusalsAreRemembered",
       {{"request_ids/a_malformed_request_is_not_remembered", "WIRE-7"}},
       &RefusalsAreRemembered},
      {"RepeatedAcksFail",
       {{"request_ids/a_repeated_ack_of_a_turn_commits_once", "WIRE-7"},
        {"request_ids/a_repeated_ack_of_an_activity_completes_once", "WIRE-7"}},
       &RepeatedAcksFail},
      {"ContentIsNotCompared",
       {{"request_ids/an_id_is_good_for_one_request", "WIRE-7"},
        {"request_ids/a_malformed_request_is_not_remembered", "WIRE-9"}},
       &ContentIsNotCompared},
      {"IdsAreSharedByStores",
       {{"request_ids/an_id_belongs_to_its_store", "WIRE-7"}},
       &IdsAreSharedByStores},
      {"CountsAreNotRemembered",
       {{"request_ids/a_repeated_call_on_sessions_counts_the_same", "WIRE-7"},
        {"request_ids/a_repeated_deletion_deletes_once", "WIRE-7"},
        {"request_ids/a_repeated_prune_removes_once", "WIRE-7"}},
       &CountsAreNotRemembered},
      {"RequestIdsAreNotDeclared",
       {{"request_ids/without_the_capability_ids_are_ignored", "WIRE-7"}},
       &RequestIdsAreNotDeclared},
  };
}

}  // namespace duroxide::conformance
