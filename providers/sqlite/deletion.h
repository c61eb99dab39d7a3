#ifndef DUROXIDE_PROVIDERS_SQLITE_DELETION_H_
#define DUROXIDE_PROVIDERS_SQLITE_DELETION_H_

// Deleting instances and pruning executions (DEL-1, DEL-2, PRUNE-1). All
// functions run in a transaction of the writer.

#include <cstdint>

#include "absl/status/status.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// INSTANCE_NOT_FOUND, HAS_PARENT, INSTANCE_RUNNING.
absl::Status DeleteTree(Connection& db, int64_t store,
                        const provider::v1::DeleteInstanceRequest& request,
                        provider::v1::DeletionResult& result);

// INSTANCE_RUNNING, HAS_CHILDREN.
absl::Status DeleteNamed(Connection& db, int64_t store,
                         const provider::v1::DeleteInstancesRequest& request,
                         provider::v1::DeletionResult& result);

absl::Status DeleteByFilter(Connection& db, int64_t store,
                            const provider::v1::InstanceFilter& filter,
                            provider::v1::DeletionResult& result);

// INSTANCE_NOT_FOUND.
absl::Status Prune(Connection& db, int64_t store,
                   const provider::v1::PruneExecutionsRequest& request,
                   provider::v1::PruneResult& result);

absl::Status PruneByFilter(
    Connection& db, int64_t store,
    const provider::v1::PruneExecutionsByFilterRequest& request,
    provider::v1::PruneResult& result);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_DELETION_H_
