// Stores share nothing: every method, store by store.

#include <map>
#include <string>
#include <vector>

#include "conformance/any_method.h"
#include "conformance/case.h"
#include "conformance/cases/sample_world.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"
#include "conformance/status_text.h"
#include "google/protobuf/util/message_differencer.h"

namespace duroxide::conformance {
namespace {

// Sends the request of each method, in the store that it names; all must be
// STORE_NOT_FOUND.
void ExpectNoStore(Fixture& t, const std::vector<AnyMessage>& requests) {
  SideBySide(t, requests.size(), [&](size_t i) {
    t.ExpectError(CallAny(t, *requests[i]).status(),
                  v1::ERROR_REASON_STORE_NOT_FOUND,
                  MethodFor(*requests[i]).name);
  });
}

// The requests of `world` for all methods that name a store, with `store`
// instead of theirs.
std::vector<AnyMessage> RequestsIn(Fixture& t, const SampleWorld& world,
                                   std::string_view store) {
  std::vector<AnyMessage> requests;
  for (const AnyMethod* method : DeclaredMethods(t)) {
    AnyMessage request = world.RequestFor(*method);
    if (request->GetDescriptor()->FindFieldByName("store") == nullptr) continue;
    SetStore(*request, store);
    requests.push_back(std::move(request));
  }
  return requests;
}

// What a method says to the request of a world in a store where nothing is: an
// error, or nothing but zeros.
v1::ErrorReason ReasonWhereNothingIs(std::string_view method) {
  static const auto& reasons = *new std::map<std::string_view, v1::ErrorReason>{
      {"AckOrchestrationItem", v1::ERROR_REASON_LOCK_LOST},
      {"AbandonOrchestrationItem", v1::ERROR_REASON_LOCK_LOST},
      {"RenewOrchestrationItemLock", v1::ERROR_REASON_LOCK_LOST},
      {"AckWorkItem", v1::ERROR_REASON_LOCK_LOST},
      {"AbandonWorkItem", v1::ERROR_REASON_LOCK_LOST},
      {"RenewWorkItemLock", v1::ERROR_REASON_LOCK_LOST},
      {"GetLatestExecution", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"GetInstanceInfo", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"GetExecutionInfo", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"GetParent", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"GetInstanceTree", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"DeleteInstance", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"PruneExecutions", v1::ERROR_REASON_INSTANCE_NOT_FOUND},
      {"CorruptInstanceHistory", v1::ERROR_REASON_INSTANCE_NOT_FOUND}};
  const auto found = reasons.find(method);
  return found == reasons.end() ? v1::ERROR_REASON_UNSPECIFIED : found->second;
}

// Methods that put something into a store, or tell about no store.
bool LooksForNothing(std::string_view method) {
  return method.starts_with("Enqueue") || method == "AppendHistory" ||
         method == "GetProviderInfo" || method.ends_with("Store");
}

bool IsAllZeros(const google::protobuf::Message& message) {
  const AnyMessage nothing(message.New());
  return google::protobuf::util::MessageDifferencer::Equivalent(*nothing,
                                                                message);
}

CONFORMANCE_CASE(
    stores, a_store_that_was_never_made_is_not_found,
    .profile = Profile::kStrict, .clauses = {"WIRE-1", "WIRE-2"},
    .proves =
        "Every method answers STORE_NOT_FOUND where its request names a store "
        "that was never made, and no store comes of it. The locks of the "
        "case's own store stay what they are.",
    .procedure =
        "Fill the store. Send a request that would succeed there to every "
        "method, in the name of a store that was never made: "
        "STORE_NOT_FOUND, all of them, and all of them again. The own store "
        "is as before.",
    .likely_causes = {"The store is made when it is first named.",
                      "Reads of an unknown store are empty instead.",
                      "GetProviderInfo does not look at its store.",
                      "A lock token is looked up without its store."}) {
  const SampleWorld world(t);
  for (int i = 0; i < 2; ++i) {
    ExpectNoStore(t, RequestsIn(t, world, "no-such-store"));
  }
  world.ExpectUnchanged("after requests for a store that is not there");
}

CONFORMANCE_CASE(
    stores, a_dropped_store_is_not_found, .profile = Profile::kStrict,
    .clauses = {"WIRE-1", "WIRE-2"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "DropStore removes a store with all that is in it: every method "
        "answers STORE_NOT_FOUND then, with locks that were held there too. "
        "Another store with the same ids in it is not affected.",
    .procedure =
        "Fill two stores alike and drop one. Send the requests that would have "
        "succeeded there to every method: STORE_NOT_FOUND, all of them. The "
        "other store is as before.",
    .likely_causes = {
        "Only the store's name is removed, and lock tokens still work.",
        "Rows are deleted by instance and not by store."}) {
  const SampleWorld own(t);
  const SampleWorld other(t, t.AnotherStore());
  const std::vector<AnyMessage> requests = RequestsIn(t, other, other.store());
  testing_v1::DropStoreRequest drop;
  drop.set_store(other.store());
  t.Do(&Provider::DropStore, drop);

  ExpectNoStore(t, requests);
  own.ExpectUnchanged("after the other store was dropped");
}

CONFORMANCE_CASE(
    stores, methods_change_no_other_store, .profile = Profile::kStrict,
    .clauses = {"WIRE-1"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "What any method does in one store changes nothing in another one, "
        "although the same instances, messages, sessions and keys are there.",
    .procedure =
        "Fill two stores alike. Send to every method, in one of them, a "
        "request that succeeds. The other one is as before: all reads, both "
        "queues, and its locks, which its own requests prove.",
    .likely_causes = {
        "A statement does not name the store: deletions, prunes and "
        "cancellations by instance are the likeliest.",
        "Counts and queue depths go over all stores."}) {
  const SampleWorld own(t);
  const SampleWorld other(t, t.AnotherStore());
  other.ExpectAcceptsAll();
  own.ExpectUnchanged("after every method was called in the other store");
  own.ExpectAcceptsAll();
}

CONFORMANCE_CASE(
    stores, methods_see_no_other_store, .profile = Profile::kStrict,
    .clauses = {"WIRE-1"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "No method sees anything of another store: reads and fetches find "
        "nothing, counts are 0, lock tokens are LOCK_LOST, instances are not "
        "found.",
    .procedure =
        "Fill the case's own store and make an empty one. Send to every "
        "method, in the empty one, a request that succeeds in the full one: "
        "each says what it says where nothing is. The full store is as "
        "before, and there all the requests succeed.",
    .likely_causes = {
        "A lock token is looked up without its store.",
        "Sessions or instances are looked up without their store.",
        "Metrics and queue depths go over all stores."}) {
  const SampleWorld full(t);
  const std::string empty = t.AnotherStore();
  const std::vector<const AnyMethod*> methods = DeclaredMethods(t);
  SideBySide(t, methods.size(), [&](size_t i) {
    const std::string_view method = methods[i]->name;
    if (LooksForNothing(method)) return;
    const AnyMessage request = full.RequestFor(*methods[i]);
    SetStore(*request, empty);
    const absl::StatusOr<AnyMessage> response = CallAny(t, *request);
    const v1::ErrorReason reason = ReasonWhereNothingIs(method);
    if (reason != v1::ERROR_REASON_UNSPECIFIED) {
      t.ExpectError(response, reason, method, " in an empty store");
      return;
    }
    t.Expect(StatusText(response.status()), "OK", method, " in an empty store");
    t.Expect(IsAllZeros(**response), true, method,
             " in an empty store, which says ",
             (*response)->ShortDebugString());
  });
  full.ExpectUnchanged("after every method was called in an empty store");
  full.ExpectAcceptsAll();
}

}  // namespace
}  // namespace duroxide::conformance
