#ifndef DUROXIDE_PROVIDERS_SQLITE_ADMIN_H_
#define DUROXIDE_PROVIDERS_SQLITE_ADMIN_H_

// What operators look at (ADMIN-1, ADMIN-2). All functions only read.

#include <cstdint>

#include "absl/status/status.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// INVALID_REQUEST for a page token that is of no earlier reply; it can be told
// before anything is looked up (WIRE-9).
absl::Status CheckPageToken(const provider::v1::ListInstancesRequest& request);
absl::Status CheckPageToken(const provider::v1::ListExecutionsRequest& request);
absl::Status CheckPageToken(const provider::v1::ListChildrenRequest& request);

absl::Status ReadInstances(Connection& db, int64_t store,
                           const provider::v1::ListInstancesRequest& request,
                           provider::v1::ListInstancesResponse& response);
absl::Status ReadExecutions(Connection& db, int64_t store,
                            const provider::v1::ListExecutionsRequest& request,
                            provider::v1::ListExecutionsResponse& response);
absl::Status ReadChildren(Connection& db, int64_t store,
                          const provider::v1::ListChildrenRequest& request,
                          provider::v1::ListChildrenResponse& response);

// These give INSTANCE_NOT_FOUND where no turn has made the record.
absl::Status ReadLatestExecution(
    Connection& db, int64_t store,
    const provider::v1::GetLatestExecutionRequest& request,
    provider::v1::GetLatestExecutionResponse& response);
absl::Status ReadInstanceInfo(
    Connection& db, int64_t store,
    const provider::v1::GetInstanceInfoRequest& request,
    provider::v1::GetInstanceInfoResponse& response);
absl::Status ReadExecutionInfo(
    Connection& db, int64_t store,
    const provider::v1::GetExecutionInfoRequest& request,
    provider::v1::GetExecutionInfoResponse& response);
absl::Status ReadParent(Connection& db, int64_t store,
                        const provider::v1::GetParentRequest& request,
                        provider::v1::GetParentResponse& response);
absl::Status ReadTree(Connection& db, int64_t store,
                      const provider::v1::GetInstanceTreeRequest& request,
                      provider::v1::GetInstanceTreeResponse& response);

void ReadSystemMetrics(Connection& db, int64_t store,
                       provider::v1::SystemMetrics& metrics);
void ReadQueueDepths(Connection& db, int64_t store,
                     provider::v1::QueueDepths& depths);

// Leaves the response empty for an unknown instance (ADMIN-2). HISTORY_CORRUPT
// where the event that the execution began with cannot be read back.
absl::Status ReadInstanceStats(
    Connection& db, int64_t store,
    const provider::v1::GetInstanceStatsRequest& request,
    provider::v1::GetInstanceStatsResponse& response);

// The largest attempt count among the messages of an instance; 0 for none.
uint32_t ReadMaxAttempts(Connection& db, int64_t store,
                         std::string_view instance_id);

// INSTANCE_NOT_FOUND for that instance.
absl::Status InstanceNotFound(std::string_view instance_id);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_ADMIN_H_
