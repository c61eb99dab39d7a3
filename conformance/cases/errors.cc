// Each documented error, and the detail that it carries (WIRE-2). The errors
// that a provider gives on its own account, STORE_BUSY and INTERNAL, cannot be
// had from outside.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/any_method.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/error_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/sample_world.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"
#include "google/protobuf/descriptor.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    errors, lock_lost, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "ACK-1", "ABANDON-1", "RENEW-1", "WORK-2", "WORK-3"},
    .proves =
        "A token that nobody holds is LOCK_LOST for all six methods that take "
        "one: FAILED_PRECONDITION, permanent, with a detail that names the "
        "method.",
    .procedure =
        "Ack, abandon and renew with a token that no fetch gave, in both "
        "queues. Look at code, reason, flag, operation and messages of each "
        "error.",
    .likely_causes = {
        "The trailer grpc-status-details-bin is missing or is no Status.",
        "The detail's operation or message is left empty.",
        "The code goes with another reason, as NOT_FOUND would."}) {
  const std::string token(kUnknownToken);
  const auto refused = [&](const absl::Status& status,
                           std::string_view method) {
    ExpectDetailedError(t, status, v1::ERROR_REASON_LOCK_LOST, method);
  };
  v1::AckOrchestrationItemRequest ack;
  ack.set_lock_token(token);
  ack.set_execution_id(1);
  refused(t.TryAck(ack), "AckOrchestrationItem");
  refused(t.TryAbandon(token).status(), "AbandonOrchestrationItem");
  refused(t.TryRenew(token, t.lock_timeout()).status(),
          "RenewOrchestrationItemLock");
  refused(t.TryAckWork(token), "AckWorkItem");
  refused(t.TryAbandonWork(token).status(), "AbandonWorkItem");
  refused(t.TryRenewWork(token, t.lock_timeout()).status(),
          "RenewWorkItemLock");
}

CONFORMANCE_CASE(
    errors, duplicate_event, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "ACK-3"},
    .proves =
        "An event id that is taken is DUPLICATE_EVENT, for an ack and for an "
        "append: ALREADY_EXISTS, permanent, with a detail that names the "
        "method.",
    .procedure =
        "Make an instance with event 1. Append an event 1, and ack the next "
        "turn with one. Look at code, reason, flag, operation and messages of "
        "each error.",
    .likely_causes = {
        "The store's own error for a key that is taken is passed on.",
        "The error is retryable, as one for a busy store is."}) {
  CreateInstance(t, "order-1");
  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem turn = t.FetchOrchestrationItem();
  ExpectDetailedError(t, t.TryAck(AckBuilder(turn).Append(StartedEvent(1))),
                      v1::ERROR_REASON_DUPLICATE_EVENT, "AckOrchestrationItem");
  v1::AppendHistoryRequest append;
  append.set_instance("order-1");
  append.set_execution_id(1);
  *append.add_events() = WithOwner(StartedEvent(1), "order-1", 1);
  ExpectDetailedError(t, t.Call(&Provider::AppendHistory, append).status(),
                      v1::ERROR_REASON_DUPLICATE_EVENT, "AppendHistory");
}

CONFORMANCE_CASE(
    errors, instance_not_found, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "ADMIN-1", "DEL-2", "PRUNE-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "What is asked of an instance or execution that is not there is "
        "INSTANCE_NOT_FOUND: NOT_FOUND, permanent, with a detail that names "
        "the method.",
    .procedure =
        "Call every method of the administration that asks for one instance, "
        "for one that is not there, and GetExecutionInfo for an execution that "
        "is not. Look at code, reason, flag, operation and messages of each "
        "error.",
    .likely_causes = {
        "The answer is empty instead.",
        "The reason is that of a store that is not there: the same code."}) {
  const SampleWorld world(t);
  for (const AnyMethod* method : DeclaredMethods(t)) {
    constexpr std::string_view kAskForOne[] = {
        "GetLatestExecution", "GetInstanceInfo",       "GetExecutionInfo",
        "GetParent",          "GetInstanceTree",       "DeleteInstance",
        "PruneExecutions",    "CorruptInstanceHistory"};
    if (std::find(std::begin(kAskForOne), std::end(kAskForOne), method->name) ==
        std::end(kAskForOne)) {
      continue;
    }
    const AnyMessage request = world.RequestFor(*method);
    request->GetReflection()->SetString(
        request.get(), request->GetDescriptor()->FindFieldByName("instance"),
        "no-such-instance");
    ExpectDetailedError(t, CallAny(t, *request).status(),
                        v1::ERROR_REASON_INSTANCE_NOT_FOUND, method->name);
  }
  v1::GetExecutionInfoRequest request;
  request.set_instance("order-1");
  request.set_execution_id(2);
  ExpectDetailedError(t, t.Call(&Provider::GetExecutionInfo, request).status(),
                      v1::ERROR_REASON_INSTANCE_NOT_FOUND, "GetExecutionInfo");
}

CONFORMANCE_CASE(
    errors, refused_deletions, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "DEL-1", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Deletions that are not allowed are INSTANCE_RUNNING, HAS_PARENT and "
        "HAS_CHILDREN: FAILED_PRECONDITION, permanent, each with its own "
        "reason in a detail that names the method.",
    .procedure =
        "Make a completed parent with a running child. Without force, delete "
        "the tree, and delete the child by its name: INSTANCE_RUNNING. With "
        "force, delete the child as a root: HAS_PARENT; and delete the parent "
        "alone: HAS_CHILDREN. Look at the details.",
    .likely_causes = {
        "One reason stands for all, because the code is the same."}) {
  RunningInstance parent(t, "order-1");
  const RunningInstance child(t, "order-1/child", "order-1");
  parent.Complete();
  const auto remove = [&](std::string_view instance, bool force) {
    v1::DeleteInstanceRequest request;
    request.set_instance(std::string(instance));
    request.set_force(force);
    return t.Call(&Provider::DeleteInstance, request).status();
  };
  const auto remove_alone = [&](std::string_view instance, bool force) {
    v1::DeleteInstancesRequest request;
    request.add_instances(std::string(instance));
    request.set_force(force);
    return t.Call(&Provider::DeleteInstances, request).status();
  };
  ExpectDetailedError(t, remove("order-1", false),
                      v1::ERROR_REASON_INSTANCE_RUNNING, "DeleteInstance");
  ExpectDetailedError(t, remove_alone("order-1/child", false),
                      v1::ERROR_REASON_INSTANCE_RUNNING, "DeleteInstances");
  ExpectDetailedError(t, remove("order-1/child", true),
                      v1::ERROR_REASON_HAS_PARENT, "DeleteInstance");
  ExpectDetailedError(t, remove_alone("order-1", true),
                      v1::ERROR_REASON_HAS_CHILDREN, "DeleteInstances");
}

CONFORMANCE_CASE(
    errors, history_corrupt, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "FETCH-8"}, .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "A history that cannot be read back is HISTORY_CORRUPT for those who "
        "read it: DATA_LOSS, permanent, with a detail that names the method.",
    .procedure =
        "Make an instance and corrupt its history. Read it, and ask for its "
        "figures where the provider has them. Look at code, reason, flag, "
        "operation and messages of each error.",
    .likely_causes = {"The failure to parse is passed on as INTERNAL.",
                      "The figures count what can be read."}) {
  CreateInstance(t, "order-1");
  CorruptHistory(t, "order-1");
  v1::ReadHistoryRequest read;
  read.set_instance("order-1");
  ExpectDetailedError(t, t.Call(&Provider::ReadHistory, read).status(),
                      v1::ERROR_REASON_HISTORY_CORRUPT, "ReadHistory");
  if (!t.Has(v1::CAPABILITY_INSTANCE_STATS)) return;
  v1::GetInstanceStatsRequest stats;
  stats.set_instance("order-1");
  ExpectDetailedError(t, t.Call(&Provider::GetInstanceStats, stats).status(),
                      v1::ERROR_REASON_HISTORY_CORRUPT, "GetInstanceStats");
}

CONFORMANCE_CASE(
    errors, store_not_found, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "WIRE-1"},
    .proves =
        "For every method a store that is not there is STORE_NOT_FOUND: "
        "NOT_FOUND, permanent, with a detail that names the method.",
    .procedure =
        "Fill a store. Send to every method a request that would succeed "
        "there, in the name of a store that was never made. Look at code, "
        "reason, flag, operation and messages of each error.",
    .likely_causes = {
        "The store is looked up where the method's name is not known.",
        "The reason is that of an instance that is not there: the same "
        "code."}) {
  const SampleWorld world(t);
  const std::vector<const AnyMethod*> methods = DeclaredMethods(t);
  SideBySide(t, methods.size(), [&](size_t i) {
    if (methods[i]->name == "CreateStore") return;
    const AnyMessage request = world.RequestFor(*methods[i]);
    SetStore(*request, "no-such-store");
    ExpectDetailedError(t, CallAny(t, *request).status(),
                        v1::ERROR_REASON_STORE_NOT_FOUND, methods[i]->name);
  });
}

CONFORMANCE_CASE(
    errors, invalid_request, .profile = Profile::kStrict,
    .clauses = {"WIRE-2", "WIRE-9"},
    .proves =
        "For every method a malformed request is INVALID_REQUEST: "
        "INVALID_ARGUMENT, permanent, with a detail that names the method.",
    .procedure =
        "Send to every method a request whose store has a NUL in its name, and "
        "to CreateStore one with such a label. Look at code, reason, flag, "
        "operation and messages of each error.",
    .likely_causes = {
        "Requests are checked where the method's name is not known.",
        "The transport's own refusal has no detail."}) {
  const SampleWorld world(t);
  const std::vector<const AnyMethod*> methods = DeclaredMethods(t);
  SideBySide(t, methods.size(), [&](size_t i) {
    const AnyMessage request = world.RequestFor(*methods[i]);
    const std::string text("order\0one", 9);
    if (methods[i]->name == "CreateStore") {
      static_cast<testing_v1::CreateStoreRequest&>(*request).set_label(text);
    } else {
      SetStore(*request, text);
    }
    ExpectDetailedError(t, CallAny(t, *request).status(),
                        v1::ERROR_REASON_INVALID_REQUEST, methods[i]->name);
  });
}

}  // namespace
}  // namespace duroxide::conformance
