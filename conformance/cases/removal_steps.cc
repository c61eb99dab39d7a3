#include "conformance/cases/removal_steps.h"

#include <utility>

#include "conformance/cases/instance_steps.h"

namespace duroxide::conformance {
namespace {

v1::DeleteInstanceRequest Deletion(std::string_view instance, bool force) {
  auto request = Asking<v1::DeleteInstanceRequest>(instance);
  request.set_force(force);
  return request;
}

v1::DeleteInstancesRequest Deletion(const InstanceIds& instances, bool force) {
  v1::DeleteInstancesRequest request;
  request.mutable_instances()->Assign(instances.begin(), instances.end());
  request.set_force(force);
  return request;
}

v1::InstanceFilter Filter(const Instances& instances) {
  v1::InstanceFilter filter;
  if (instances.ids) {
    filter.mutable_instance_ids()->mutable_ids()->Assign(instances.ids->begin(),
                                                         instances.ids->end());
  }
  if (instances.completed_before_ms) {
    filter.set_completed_before_ms(*instances.completed_before_ms);
  }
  if (instances.limit) filter.set_limit(*instances.limit);
  return filter;
}

v1::PruneOptions Options(const Executions& executions) {
  v1::PruneOptions options;
  if (executions.keep_last) options.set_keep_last(*executions.keep_last);
  if (executions.completed_before_ms) {
    options.set_completed_before_ms(*executions.completed_before_ms);
  }
  return options;
}

template <typename Response>
absl::StatusOr<v1::DeletionResult> ResultOf(
    const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return response->result();
}

}  // namespace

v1::DeletionResult Deleted(const Counts& counts) {
  v1::DeletionResult result;
  result.set_instances_deleted(counts.instances);
  result.set_executions_deleted(counts.executions);
  result.set_events_deleted(counts.events);
  result.set_queue_messages_deleted(counts.messages);
  return result;
}

v1::PruneResult Pruned(const Counts& counts) {
  v1::PruneResult result;
  result.set_instances_processed(counts.instances);
  result.set_executions_deleted(counts.executions);
  result.set_events_deleted(counts.events);
  return result;
}

v1::DeletionResult Delete(Fixture& t, std::string_view instance, bool force,
                          std::source_location where) {
  return t.Do(&Provider::DeleteInstance, Deletion(instance, force), where)
      .result();
}

absl::StatusOr<v1::DeletionResult> TryDelete(Fixture& t,
                                             std::string_view instance,
                                             bool force) {
  return ResultOf(t.Call(&Provider::DeleteInstance, Deletion(instance, force)));
}

v1::DeletionResult DeleteNamed(Fixture& t, const InstanceIds& instances,
                               bool force, std::source_location where) {
  return t.Do(&Provider::DeleteInstances, Deletion(instances, force), where)
      .result();
}

absl::StatusOr<v1::DeletionResult> TryDeleteNamed(Fixture& t,
                                                  const InstanceIds& instances,
                                                  bool force) {
  return ResultOf(
      t.Call(&Provider::DeleteInstances, Deletion(instances, force)));
}

v1::DeletionResult DeleteByFilter(Fixture& t, const Instances& instances,
                                  std::source_location where) {
  v1::DeleteInstancesByFilterRequest request;
  *request.mutable_filter() = Filter(instances);
  return t.Do(&Provider::DeleteInstancesByFilter, std::move(request), where)
      .result();
}

v1::PruneResult Prune(Fixture& t, std::string_view instance,
                      const Executions& executions,
                      std::source_location where) {
  auto request = Asking<v1::PruneExecutionsRequest>(instance);
  *request.mutable_options() = Options(executions);
  return t.Do(&Provider::PruneExecutions, std::move(request), where).result();
}

v1::PruneResult PruneByFilter(Fixture& t, const Instances& instances,
                              const Executions& executions,
                              std::source_location where) {
  v1::PruneExecutionsByFilterRequest request;
  *request.mutable_filter() = Filter(instances);
  *request.mutable_options() = Options(executions);
  return t.Do(&Provider::PruneExecutionsByFilter, std::move(request), where)
      .result();
}

}  // namespace duroxide::conformance
