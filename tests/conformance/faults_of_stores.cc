// Faults of providers whose stores share something.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "providers/await.h"
#include "tests/conformance/fault_hooks.h"
#include "tests/conformance/faults.h"

namespace duroxide::conformance {
namespace {

using Message = FaultHooks::Message;

std::string StoreOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("store");
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

void SetStoreOf(Message& request, const std::string& store) {
  const auto* field = request.GetDescriptor()->FindFieldByName("store");
  if (field == nullptr) return;
  request.GetReflection()->SetString(&request, field, store);
}

// The lock token of a request; empty where it has none.
std::string TokenOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("lock_token");
  if (field == nullptr) return "";
  return request.GetReflection()->GetString(request, field);
}

// What a provider that mixes stores up knows of them.
struct Mixed {
  std::mutex mutex;
  std::vector<std::string> stores;
  std::map<std::string, std::string> store_by_token;
  std::map<std::string, std::string> store_by_request_id;
  std::map<std::string, std::string> owner_by_session;
};

// Answers for a store that is not there as for an empty one.
FaultHooks UnknownStoresAreEmpty() {
  return {.after = [](const Message&, Message&, absl::Status& status) {
    Hide(v1::ERROR_REASON_STORE_NOT_FOUND, status);
  }};
}

// Says that a store is dropped and keeps it.
FaultHooks StoresAreNotDropped() {
  return {.before =
              [](Provider&, Message& request) {
                On<testing_v1::DropStoreRequest>(
                    request, [](auto& drop) { drop.set_store("none"); });
              },
          .after =
              [](const Message& request, Message&, absl::Status& status) {
                if (dynamic_cast<const testing_v1::DropStoreRequest*>(
                        &request) != nullptr) {
                  Hide(v1::ERROR_REASON_STORE_NOT_FOUND, status);
                }
              }};
}

// Looks for a lock wherever there is one.
FaultHooks TokensAreOfAllStores() {
  auto mixed = std::make_shared<Mixed>();
  const auto remember = [mixed](const Message& request, auto& fetched) {
    const std::lock_guard lock(mixed->mutex);
    for (const auto& item : fetched.items()) {
      mixed->store_by_token[item.lock_token()] = StoreOf(request);
    }
  };
  return {
      .before =
          [mixed](Provider&, Message& request) {
            const std::lock_guard lock(mixed->mutex);
            const auto found = mixed->store_by_token.find(TokenOf(request));
            if (found == mixed->store_by_token.end()) return;
            SetStoreOf(request, found->second);
          },
      .after =
          [remember](const Message& request, Message& response,
                     const absl::Status&) {
            On<v1::FetchOrchestrationItemsResponse>(
                response, [&](auto& fetched) { remember(request, fetched); });
            On<v1::FetchWorkItemsResponse>(
                response, [&](auto& fetched) { remember(request, fetched); });
          }};
}

// Deletes by instance alone.
FaultHooks DeletionsAreOfAllStores() {
  auto mixed = std::make_shared<Mixed>();
  return {
      .before =
          [mixed](Provider& working, Message& request) {
            On<v1::DeleteInstanceRequest>(request, [&](auto& asked) {
              const std::lock_guard lock(mixed->mutex);
              for (const std::string& store : mixed->stores) {
                if (store == asked.store()) continue;
                v1::DeleteInstanceRequest more = asked;
                more.set_store(store);
                Await(working, &Provider::DeleteInstance, more).IgnoreError();
              }
            });
          },
      .after =
          [mixed](const Message&, Message& response, const absl::Status&) {
            On<testing_v1::CreateStoreResponse>(response, [&](auto& made) {
              const std::lock_guard lock(mixed->mutex);
              mixed->stores.push_back(made.store());
            });
          }};
}

// Gives an item of a session to none but the first that held it in any store.
FaultHooks SessionsAreOfAllStores() {
  auto mixed = std::make_shared<Mixed>();
  return {.after = [mixed](const Message& request, Message& response,
                           absl::Status&) {
    On<v1::FetchWorkItemsResponse>(response, [&](auto& fetched) {
      const auto& fetch =
          dynamic_cast<const v1::FetchWorkItemsRequest&>(request);
      if (fetched.items().empty() || !fetch.has_session()) return;
      const std::lock_guard lock(mixed->mutex);
      const auto [holder, is_new] = mixed->owner_by_session.emplace(
          fetched.items(0).item().activity_execute().session_id(),
          fetch.session().owner_id());
      if (holder->second != fetch.session().owner_id()) fetched.clear_items();
    });
  }};
}

// Carries out an enqueue under an id only where the id was never used at all.
FaultHooks RequestIdsAreOfAllStores() {
  auto mixed = std::make_shared<Mixed>();
  return {.before =
              [mixed](Provider&, Message& request) {
                On<v1::EnqueueWorkItemRequest>(request, [&](auto& enqueue) {
                  if (!enqueue.has_request_id()) return;
                  const std::lock_guard lock(mixed->mutex);
                  const auto [first, is_new] =
                      mixed->store_by_request_id.emplace(enqueue.request_id(),
                                                         enqueue.store());
                  if (first->second != enqueue.store()) enqueue.clear_item();
                });
              },
          .after =
              [](const Message& request, Message&, absl::Status& status) {
                const auto* enqueue =
                    dynamic_cast<const v1::EnqueueWorkItemRequest*>(&request);
                if (enqueue != nullptr && !enqueue->has_item()) {
                  status = absl::OkStatus();
                }
              }};
}

// Makes one store for all cases that ask for another one beside their own.
FaultHooks AnotherStoreIsAlwaysTheSame() {
  auto mixed = std::make_shared<Mixed>();
  return {.after = [mixed](const Message& request, Message& response,
                           absl::Status&) {
    On<testing_v1::CreateStoreResponse>(response, [&](auto& made) {
      const auto& create =
          dynamic_cast<const testing_v1::CreateStoreRequest&>(request);
      if (!create.label().starts_with("another store")) return;
      const std::lock_guard lock(mixed->mutex);
      if (mixed->stores.empty()) mixed->stores.push_back(made.store());
      made.set_store(mixed->stores.front());
    });
  }};
}

// Reads the history of an instance from whichever store has it.
FaultHooks TheDefaultStoreSeesAll() {
  return {.before = [](Provider&, Message& request) {
    On<v1::ReadHistoryRequest>(request, [](auto& read) {
      const std::string prefix = "only in ";
      if (!read.store().empty() || !read.instance().starts_with(prefix)) return;
      read.set_store(read.instance().substr(prefix.size()));
    });
  }};
}

}  // namespace

std::vector<Fault> FaultsOfStores() {
  return {
      {"UnknownStoresAreEmpty",
       {{"stores/a_store_that_was_never_made_is_not_found", "WIRE-1"},
        {"stores/a_dropped_store_is_not_found", "WIRE-1"},
        {"stores/fetches_that_wait_end_with_their_store", "WIRE-1"}},
       &UnknownStoresAreEmpty},
      {"StoresAreNotDropped",
       {{"stores/a_dropped_store_is_not_found", "WIRE-1"}},
       &StoresAreNotDropped},
      {"TokensAreOfAllStores",
       {{"stores/a_store_that_was_never_made_is_not_found", "WIRE-1"},
        {"stores/methods_see_no_other_store", "WIRE-1"},
        {"stores/the_default_store_is_apart", "WIRE-1"}},
       &TokensAreOfAllStores},
      {"DeletionsAreOfAllStores",
       {{"stores/methods_change_no_other_store", "WIRE-1"}},
       &DeletionsAreOfAllStores},
      {"SessionsAreOfAllStores",
       {{"stores/sessions_are_apart", "SESS-1"}},
       &SessionsAreOfAllStores},
      {"RequestIdsAreOfAllStores",
       {{"stores/request_ids_are_apart", "WIRE-7"}},
       &RequestIdsAreOfAllStores},
      {"AnotherStoreIsAlwaysTheSame",
       {{"stores/every_store_is_new", "WIRE-1"}},
       &AnotherStoreIsAlwaysTheSame},
      {"TheDefaultStoreSeesAll",
       {{"stores/the_default_store_is_apart", "WIRE-1"}},
       &TheDefaultStoreSeesAll},
  };
}

}  // namespace duroxide::conformance
