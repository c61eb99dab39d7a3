#ifndef DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_
#define DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/provider.h"

namespace duroxide::testing_support {

// A Provider without storage, for tests of what is around a Provider: it
// answers, waits and fails as it is told, and remembers its calls. Without a
// word it answers every call with OK and an empty reply. Thread-safe.
class FakeProvider final : public Provider {
 public:
  using Message = google::protobuf::Message;
  using Handler =
      std::function<void(const CallContext& context, const Message& request,
                         Message* response, Done done)>;

  FakeProvider();
  ~FakeProvider() override;

  // From now on calls of `method` are handled by `handler`.
  void Handle(const std::string& method, Handler handler);

  // From now on calls of `method` get this answer.
  void Answer(const std::string& method, absl::Status status);
  void Answer(const std::string& method, const Message& response);

  // From now on calls of `method` wait until they are stopped or released. A
  // stopped one ends with no items.
  void Hold(const std::string& method);
  // Ends the calls that wait, with `response`, whether or not they are stopped:
  // a provider that has taken locks just when its caller went away.
  void Release(const Message& response);
  // As Hold, but a stop is not looked at: only Release ends the wait.
  void HoldStubbornly(const std::string& method);

  // The requests of `method` so far, in the order of their arrival.
  std::vector<std::shared_ptr<const Message>> Requests(
      const std::string& method) const;

  // Blocks until `count` calls wait or have waited.
  void WaitForHeld(size_t count) const;
  // Blocks until a call that waits was asked to stop.
  void WaitForStop() const;

#define DUROXIDE_FAKE(package, Method)                                   \
  void Method(const CallContext& context,                                \
              const package::Method##Request* request,                   \
              package::Method##Response* response, Done done) override { \
    OnCall(#Method, context, *request, response, std::move(done));       \
  }

  DUROXIDE_FAKE(v1, GetProviderInfo);
  DUROXIDE_FAKE(v1, FetchOrchestrationItems);
  DUROXIDE_FAKE(v1, AckOrchestrationItem);
  DUROXIDE_FAKE(v1, AbandonOrchestrationItem);
  DUROXIDE_FAKE(v1, RenewOrchestrationItemLock);
  DUROXIDE_FAKE(v1, EnqueueOrchestratorItem);
  DUROXIDE_FAKE(v1, EnqueueWorkItem);
  DUROXIDE_FAKE(v1, FetchWorkItems);
  DUROXIDE_FAKE(v1, AckWorkItem);
  DUROXIDE_FAKE(v1, AbandonWorkItem);
  DUROXIDE_FAKE(v1, RenewWorkItemLock);
  DUROXIDE_FAKE(v1, RenewSessionLocks);
  DUROXIDE_FAKE(v1, CleanupOrphanedSessions);
  DUROXIDE_FAKE(v1, ReadHistory);
  DUROXIDE_FAKE(v1, AppendHistory);
  DUROXIDE_FAKE(v1, GetCustomStatus);
  DUROXIDE_FAKE(v1, GetKvValue);
  DUROXIDE_FAKE(v1, ListKvValues);
  DUROXIDE_FAKE(v1, GetInstanceStats);
  DUROXIDE_FAKE(v1, ListInstances);
  DUROXIDE_FAKE(v1, ListExecutions);
  DUROXIDE_FAKE(v1, GetLatestExecution);
  DUROXIDE_FAKE(v1, GetInstanceInfo);
  DUROXIDE_FAKE(v1, GetExecutionInfo);
  DUROXIDE_FAKE(v1, GetSystemMetrics);
  DUROXIDE_FAKE(v1, GetQueueDepths);
  DUROXIDE_FAKE(v1, ListChildren);
  DUROXIDE_FAKE(v1, GetParent);
  DUROXIDE_FAKE(v1, GetInstanceTree);
  DUROXIDE_FAKE(v1, DeleteInstance);
  DUROXIDE_FAKE(v1, DeleteInstances);
  DUROXIDE_FAKE(v1, DeleteInstancesByFilter);
  DUROXIDE_FAKE(v1, PruneExecutions);
  DUROXIDE_FAKE(v1, PruneExecutionsByFilter);
  DUROXIDE_FAKE(testing_v1, CreateStore);
  DUROXIDE_FAKE(testing_v1, DropStore);
  DUROXIDE_FAKE(testing_v1, CorruptInstanceHistory);
  DUROXIDE_FAKE(testing_v1, GetMaxAttemptCount);

#undef DUROXIDE_FAKE

 private:
  struct Waiting;

  void Hold(const std::string& method, bool stubborn);
  void OnCall(const std::string& method, const CallContext& context,
              const Message& request, Message* response, Done done);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Handler> handlers_;
  std::map<std::string, std::vector<std::shared_ptr<const Message>>> requests_;
  std::vector<std::shared_ptr<Waiting>> waiting_;
  bool stopped_ = false;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_
