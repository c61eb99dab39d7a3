#include "conformance/stress/stage.h"

#include <memory>
#include <utility>

#include "absl/time/time.h"

namespace duroxide::stress {

absl::Status AddNotedTask(
    Stage& stage, std::string name,
    std::function<void(const runtime::ActivityInfo&)> begin,
    runtime::ActivityRegistry& activities) {
  return activities.AddAsync(
      std::move(name), [&stage, begin = std::move(begin)](
                           std::shared_ptr<runtime::ActivityContext> context,
                           std::string input, runtime::ActivityDone done) {
        if (begin) begin(context->info());
        auto end = [&stage, context = std::move(context),
                    input = std::move(input),
                    done = std::move(done)]() mutable {
          stage.effects().Count(context->info());
          std::move(done)(std::move(input));
        };
        if (stage.config().activity_delay == absl::ZeroDuration()) {
          return end();
        }
        stage.After(stage.config().activity_delay, std::move(end));
      });
}

absl::Status AddTask(Stage& stage, runtime::ActivityRegistry& activities) {
  return AddNotedTask(stage, "Task", nullptr, activities);
}

}  // namespace duroxide::stress
