#ifndef DUROXIDE_PROVIDERS_PROVIDER_METHODS_H_
#define DUROXIDE_PROVIDERS_PROVIDER_METHODS_H_

// All methods of Provider, for classes that treat them alike: X(package,
// method).
#define DUROXIDE_PROVIDER_METHODS(X)    \
  X(v1, GetProviderInfo)                \
  X(v1, FetchOrchestrationItems)        \
  X(v1, AckOrchestrationItem)           \
  X(v1, AbandonOrchestrationItem)       \
  X(v1, RenewOrchestrationItemLock)     \
  X(v1, EnqueueOrchestratorItem)        \
  X(v1, EnqueueWorkItem)                \
  X(v1, FetchWorkItems)                 \
  X(v1, AckWorkItem)                    \
  X(v1, AbandonWorkItem)                \
  X(v1, RenewWorkItemLock)              \
  X(v1, RenewSessionLocks)              \
  X(v1, CleanupOrphanedSessions)        \
  X(v1, ReadHistory)                    \
  X(v1, AppendHistory)                  \
  X(v1, GetCustomStatus)                \
  X(v1, GetKvValue)                     \
  X(v1, ListKvValues)                   \
  X(v1, GetInstanceStats)               \
  X(v1, ListInstances)                  \
  X(v1, ListExecutions)                 \
  X(v1, GetLatestExecution)             \
  X(v1, GetInstanceInfo)                \
  X(v1, GetExecutionInfo)               \
  X(v1, GetSystemMetrics)               \
  X(v1, GetQueueDepths)                 \
  X(v1, ListChildren)                   \
  X(v1, GetParent)                      \
  X(v1, GetInstanceTree)                \
  X(v1, DeleteInstance)                 \
  X(v1, DeleteInstances)                \
  X(v1, DeleteInstancesByFilter)        \
  X(v1, PruneExecutions)                \
  X(v1, PruneExecutionsByFilter)        \
  X(testing_v1, CreateStore)            \
  X(testing_v1, DropStore)              \
  X(testing_v1, CorruptInstanceHistory) \
  X(testing_v1, GetMaxAttemptCount)

// The head of one method's override; its body follows.
#define DUROXIDE_OVERRIDE(package, method)             \
  void method(const CallContext& context,              \
              const package::method##Request* request, \
              package::method##Response* response, Done done) override

#endif  // DUROXIDE_PROVIDERS_PROVIDER_METHODS_H_
