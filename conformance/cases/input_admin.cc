// Malformed requests of the methods that operators and tests work with.

#include "conformance/case.h"
#include "conformance/cases/input_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

CONFORMANCE_CASE(
    input, instance_stats, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ADMIN-2"}, .needs = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "GetInstanceStats refuses an empty instance and NUL. Each error names "
        "its field.",
    .procedure =
        "Fill a store. Ask for figures with one fault after the other: each is "
        "INVALID_REQUEST. Without fault there are figures.",
    .likely_causes = {"An empty instance is one that has no figures."}) {
  ExpectRefusesBrokenRequests(t, {"GetInstanceStats"});
}

CONFORMANCE_CASE(
    input, administration, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The reading methods of the administration refuse an empty instance, "
        "an execution 0, a status that is unspecified or not known, a page of "
        "more than 1000 and a page token that is none, and NUL. Each error "
        "names its field.",
    .procedure =
        "Fill a store. Send each read with one fault after the other: each is "
        "INVALID_REQUEST. The same reads without fault succeed.",
    .likely_causes = {
        "UNSPECIFIED is taken for any status, which is what absence means.",
        "A page size over the limit is cut down silently.",
        "A page token that cannot be read begins at the first page."}) {
  ExpectRefusesBrokenRequests(
      t, {"ListInstances", "ListExecutions", "GetLatestExecution",
          "GetInstanceInfo", "GetExecutionInfo", "GetSystemMetrics",
          "GetQueueDepths", "ListChildren", "GetParent", "GetInstanceTree"});
}

CONFORMANCE_CASE(
    input, deletions, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "DEL-1", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The three deletions refuse an empty instance, alone, in a list and in "
        "a filter, and NUL. Each error names its field, and nothing is "
        "deleted.",
    .procedure =
        "Fill a store. Send each deletion with one fault after the other: each "
        "is INVALID_REQUEST, and all reads and both queues are as before. The "
        "same deletions without fault succeed.",
    .likely_causes = {
        "An empty id in a list is one that is unknown, and is skipped.",
        "A list is deleted up to the id that is malformed."}) {
  ExpectRefusesBrokenRequests(
      t, {"DeleteInstance", "DeleteInstances", "DeleteInstancesByFilter"});
}

CONFORMANCE_CASE(
    input, prunes, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "PRUNE-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "PruneExecutions and PruneExecutionsByFilter refuse an empty instance, "
        "alone and in a filter, and NUL. Each error names its field, and no "
        "execution is removed.",
    .procedure =
        "Fill a store. Send each prune with one fault after the other: each is "
        "INVALID_REQUEST, and all reads are as before. The same prunes without "
        "fault succeed.",
    .likely_causes = {
        "An empty id in a filter is one that is unknown, and is skipped."}) {
  ExpectRefusesBrokenRequests(t,
                              {"PruneExecutions", "PruneExecutionsByFilter"});
}

CONFORMANCE_CASE(
    input, stores_to_make_and_drop, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "WIRE-1"}, .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "CreateStore and DropStore refuse NUL, and DropStore refuses the "
        "default store, which is there afterwards.",
    .procedure =
        "Send CreateStore and DropStore with one fault after the other: each "
        "is INVALID_REQUEST. Drop the default store: INVALID_REQUEST naming "
        "store, and the default store answers as before.",
    .likely_causes = {"Empty names are looked up and are STORE_NOT_FOUND.",
                      "The default store can be dropped."}) {
  ExpectRefusesBrokenRequests(t, {"CreateStore", "DropStore"});

  const absl::Status dropped =
      t.CallAsIs(&Provider::DropStore, testing_v1::DropStoreRequest()).status();
  t.ExpectError(dropped, v1::ERROR_REASON_INVALID_REQUEST,
                "DropStore of the default store");
  t.Expect(std::string(dropped.message()), ::testing::HasSubstr("store"));
  t.ExpectOk(
      t.CallAsIs(&Provider::GetProviderInfo, v1::GetProviderInfoRequest()));
  v1::ReadHistoryRequest read;
  read.set_instance(t.store());
  t.ExpectOk(t.CallAsIs(&Provider::ReadHistory, read));
}

CONFORMANCE_CASE(
    input, test_hooks, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "FETCH-8", "FETCH-6"},
    .needs = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "GetMaxAttemptCount and CorruptInstanceHistory refuse an empty "
        "instance and NUL. Each error names its field, and no history is "
        "corrupt.",
    .procedure =
        "Fill a store. Send each method with one fault after the other: each "
        "is INVALID_REQUEST, and all reads are as before. The same requests "
        "without fault succeed.",
    .likely_causes = {"Methods for tests are not checked."}) {
  ExpectRefusesBrokenRequests(t,
                              {"GetMaxAttemptCount", "CorruptInstanceHistory"});
}

}  // namespace
}  // namespace duroxide::conformance
