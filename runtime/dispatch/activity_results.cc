#include "runtime/dispatch/activity_results.h"

#include <utility>

#include "runtime/replay/error_details.h"

namespace duroxide::runtime {
namespace {

namespace v1 = ::duroxide::provider::v1;

v1::WorkItem FailedWith(const v1::ActivityExecuteItem& item,
                        v1::ErrorDetails details) {
  v1::WorkItem completion;
  v1::ActivityFailedItem& failed = *completion.mutable_activity_failed();
  failed.set_instance(item.instance());
  failed.set_execution_id(item.execution_id());
  failed.set_id(item.id());
  *failed.mutable_details() = std::move(details);
  return completion;
}

}  // namespace

v1::WorkItem Completed(const v1::ActivityExecuteItem& item,
                       std::string result) {
  v1::WorkItem completion;
  v1::ActivityCompletedItem& completed =
      *completion.mutable_activity_completed();
  completed.set_instance(item.instance());
  completed.set_execution_id(item.execution_id());
  completed.set_id(item.id());
  completed.set_result(std::move(result));
  return completion;
}

v1::WorkItem Failed(const v1::ActivityExecuteItem& item,
                    const absl::Status& error) {
  return FailedWith(item, ActivityFailure(std::string(error.message())));
}

v1::WorkItem Poisoned(const v1::LockedWorkItem& locked, uint32_t max_attempts) {
  const v1::ActivityExecuteItem& item = locked.item().activity_execute();
  v1::ErrorDetails details;
  v1::PoisonError& poison = *details.mutable_poison();
  poison.set_attempt_count(locked.attempt_count());
  poison.set_max_attempts(max_attempts);
  poison.mutable_activity()->set_instance(item.instance());
  poison.mutable_activity()->set_execution_id(item.execution_id());
  poison.mutable_activity()->set_activity_name(item.name());
  poison.mutable_activity()->set_activity_id(item.id());
  poison.set_message(locked.item().ShortDebugString());
  return FailedWith(item, std::move(details));
}

}  // namespace duroxide::runtime
