#ifndef DUROXIDE_PROVIDERS_SQLITE_INSTANCES_H_
#define DUROXIDE_PROVIDERS_SQLITE_INSTANCES_H_

// The row of an instance: its record and its executions.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "duroxide/provider/v1/orchestration.pb.h"
#include "providers/sqlite/connection.h"

namespace duroxide::sqlite {

// What the queue needs to know of an instance.
struct Instance {
  int64_t key = 0;
  // True where a turn has made the record (ACK-2).
  bool recorded = false;
  // The latest execution; 0 where nothing was stored under one.
  int64_t current_execution = 0;

  // True where messages can be given out without a start among them (FETCH-5).
  bool known() const { return recorded || current_execution > 0; }
};

// True for the states in which an execution has ended.
inline bool IsTerminal(provider::v1::OrchestrationStatus status) {
  return status != provider::v1::ORCHESTRATION_STATUS_RUNNING;
}

// The row of an instance id, if anything is stored for it.
std::optional<Instance> FindInstance(Connection& db, int64_t store,
                                     std::string_view instance_id);

// The same, making an empty row where there is none. Makes no record.
Instance FindOrAddInstance(Connection& db, int64_t store,
                           std::string_view instance_id);

// The same as FindInstance, for an instance that a turn has recorded; others
// are not there for whoever looks from outside.
std::optional<Instance> FindRecorded(Connection& db, int64_t store,
                                     std::string_view instance_id);

// Makes the execution if it is missing.
void EnsureExecution(Connection& db, const Instance& instance,
                     int64_t execution_id);

// Makes the instance's current execution at least this one, which exists
// (ACK-2).
void AdvanceCurrentExecution(Connection& db, Instance& instance,
                             int64_t execution_id);

// True where the metadata names what an instance record is made from (ACK-2).
inline bool MakesRecord(const provider::v1::ExecutionMetadata& metadata) {
  return metadata.has_orchestration_name() &&
         metadata.has_orchestration_version();
}

// Stores what the runtime told of an execution that exists (ACK-2, ACK-6).
void ApplyMetadata(Connection& db, Instance& instance, int64_t execution_id,
                   const provider::v1::ExecutionMetadata& metadata);

// Removes the row if nothing is stored for the instance any more.
void ForgetIfEmpty(Connection& db, const Instance& instance);

// A version as a key that sorts as versions do: three big-endian numbers, so
// that no part can run into the next (FETCH-7).
std::string VersionKey(const provider::v1::SemanticVersion& version);

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_INSTANCES_H_
