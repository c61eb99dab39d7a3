#include "providers/provider.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "providers/errors.h"

namespace duroxide {
namespace {

// What a provider answers to a method whose capability it does not declare.
void AnswerAbsent(v1::Capability capability, Provider::Done done) {
  std::move(done)(
      MakeError(v1::ERROR_REASON_CAPABILITY_ABSENT,
                absl::StrCat("the provider does not declare ",
                             v1::Capability_Name(capability),
                             "; GetProviderInfo lists what it declares")));
}

}  // namespace

void Provider::GetInstanceStats(const CallContext& /*context*/,
                                const v1::GetInstanceStatsRequest* /*request*/,
                                v1::GetInstanceStatsResponse* /*response*/,
                                Done done) {
  AnswerAbsent(v1::CAPABILITY_INSTANCE_STATS, std::move(done));
}

void Provider::ListInstances(const CallContext& /*context*/,
                             const v1::ListInstancesRequest* /*request*/,
                             v1::ListInstancesResponse* /*response*/,
                             Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::ListExecutions(const CallContext& /*context*/,
                              const v1::ListExecutionsRequest* /*request*/,
                              v1::ListExecutionsResponse* /*response*/,
                              Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetLatestExecution(
    const CallContext& /*context*/,
    const v1::GetLatestExecutionRequest* /*request*/,
    v1::GetLatestExecutionResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetInstanceInfo(const CallContext& /*context*/,
                               const v1::GetInstanceInfoRequest* /*request*/,
                               v1::GetInstanceInfoResponse* /*response*/,
                               Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetExecutionInfo(const CallContext& /*context*/,
                                const v1::GetExecutionInfoRequest* /*request*/,
                                v1::GetExecutionInfoResponse* /*response*/,
                                Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetSystemMetrics(const CallContext& /*context*/,
                                const v1::GetSystemMetricsRequest* /*request*/,
                                v1::GetSystemMetricsResponse* /*response*/,
                                Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetQueueDepths(const CallContext& /*context*/,
                              const v1::GetQueueDepthsRequest* /*request*/,
                              v1::GetQueueDepthsResponse* /*response*/,
                              Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::ListChildren(const CallContext& /*context*/,
                            const v1::ListChildrenRequest* /*request*/,
                            v1::ListChildrenResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetParent(const CallContext& /*context*/,
                         const v1::GetParentRequest* /*request*/,
                         v1::GetParentResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::GetInstanceTree(const CallContext& /*context*/,
                               const v1::GetInstanceTreeRequest* /*request*/,
                               v1::GetInstanceTreeResponse* /*response*/,
                               Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::DeleteInstance(const CallContext& /*context*/,
                              const v1::DeleteInstanceRequest* /*request*/,
                              v1::DeleteInstanceResponse* /*response*/,
                              Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::DeleteInstances(const CallContext& /*context*/,
                               const v1::DeleteInstancesRequest* /*request*/,
                               v1::DeleteInstancesResponse* /*response*/,
                               Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::DeleteInstancesByFilter(
    const CallContext& /*context*/,
    const v1::DeleteInstancesByFilterRequest* /*request*/,
    v1::DeleteInstancesByFilterResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::PruneExecutions(const CallContext& /*context*/,
                               const v1::PruneExecutionsRequest* /*request*/,
                               v1::PruneExecutionsResponse* /*response*/,
                               Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::PruneExecutionsByFilter(
    const CallContext& /*context*/,
    const v1::PruneExecutionsByFilterRequest* /*request*/,
    v1::PruneExecutionsByFilterResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_ADMIN, std::move(done));
}

void Provider::CreateStore(const CallContext& /*context*/,
                           const testing_v1::CreateStoreRequest* /*request*/,
                           testing_v1::CreateStoreResponse* /*response*/,
                           Done done) {
  AnswerAbsent(v1::CAPABILITY_ISOLATED_STORES, std::move(done));
}

void Provider::DropStore(const CallContext& /*context*/,
                         const testing_v1::DropStoreRequest* /*request*/,
                         testing_v1::DropStoreResponse* /*response*/,
                         Done done) {
  AnswerAbsent(v1::CAPABILITY_ISOLATED_STORES, std::move(done));
}

void Provider::CorruptInstanceHistory(
    const CallContext& /*context*/,
    const testing_v1::CorruptInstanceHistoryRequest* /*request*/,
    testing_v1::CorruptInstanceHistoryResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_CORRUPTION_HOOK, std::move(done));
}

void Provider::GetMaxAttemptCount(
    const CallContext& /*context*/,
    const testing_v1::GetMaxAttemptCountRequest* /*request*/,
    testing_v1::GetMaxAttemptCountResponse* /*response*/, Done done) {
  AnswerAbsent(v1::CAPABILITY_CORRUPTION_HOOK, std::move(done));
}

}  // namespace duroxide
