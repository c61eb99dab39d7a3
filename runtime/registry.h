#ifndef DUROXIDE_RUNTIME_REGISTRY_H_
#define DUROXIDE_RUNTIME_REGISTRY_H_

// Which orchestrations and activities a runtime has, by name and version.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/semantic_version.h"

namespace duroxide::runtime {

class ActivityContext;
class OrchestrationContext;
template <typename T>
class Orchestration;

// Starts an orchestration: the coroutine, suspended at its beginning.
using OrchestrationFunction = std::function<Orchestration<std::string>(
    OrchestrationContext&, std::string input)>;

// An activity that blocks its thread until it has ended. Its error's message is
// what the orchestration sees. What it throws is an error, too.
using BlockingActivity = std::function<absl::StatusOr<std::string>(
    ActivityContext&, std::string input)>;

// Takes an activity's result, once, on any thread.
using ActivityDone = absl::AnyInvocable<void(absl::StatusOr<std::string>)>;

// An activity that returns at once and gives its result later.
using AsyncActivity = std::function<void(std::shared_ptr<ActivityContext>,
                                         std::string input, ActivityDone)>;

// Exactly one is set.
struct ActivityFunction {
  BlockingActivity blocking;
  AsyncActivity async;
};

// The version of what is registered without one.
inline constexpr SemanticVersion kDefaultVersion{1, 0, 0};

// Activities with this prefix are the runtime's own.
inline constexpr std::string_view kReservedActivityPrefix =
    "__duroxide_syscall:";

// Functions by name and version. Filled before the runtime starts and not
// changed afterwards: then it may be read from many threads.
template <typename Function>
class VersionedFunctions {
 public:
  struct Entry {
    SemanticVersion version;
    const Function* function = nullptr;
  };

  // ALREADY_EXISTS where this version of it is there.
  absl::Status Add(std::string name, SemanticVersion version,
                   Function function);

  // What to use where none asks for a version: the latest, or the one that the
  // policy names. NOT_FOUND where the name or that version is not there.
  absl::Status UseVersion(std::string_view name, SemanticVersion version);

  // std::nullopt where there is none.
  std::optional<Entry> Find(std::string_view name) const;
  std::optional<Entry> Find(std::string_view name,
                            SemanticVersion version) const;

  std::vector<std::string> Names() const;
  // In order, the latest last.
  std::vector<SemanticVersion> Versions(std::string_view name) const;

 private:
  struct Versions_ {
    std::map<SemanticVersion, Function> functions;
    std::optional<SemanticVersion> policy;
  };
  std::map<std::string, Versions_, std::less<>> by_name_;
};

// The orchestrations of a runtime.
class OrchestrationRegistry {
 public:
  // Errors: INVALID_ARGUMENT where the name or `function` is empty or `version`
  // is none,
  // ALREADY_EXISTS where name and version are registered. `function` may be
  // anything that OrchestrationFunction takes; typed ones are made by
  // runtime/typed.h.
  absl::Status Add(std::string name, OrchestrationFunction function);
  absl::Status Add(std::string name, std::string_view version,
                   OrchestrationFunction function);

  // Which version new instances, children and continue-as-new get that ask for
  // none. Without a policy it is the latest.
  absl::Status UseVersion(std::string_view name, std::string_view version);

  const VersionedFunctions<OrchestrationFunction>& functions() const {
    return functions_;
  }

 private:
  VersionedFunctions<OrchestrationFunction> functions_;
};

// The activities of a runtime. They have no versions of their own: a worker
// takes the one that it knows by the name.
class ActivityRegistry {
 public:
  // Errors: INVALID_ARGUMENT where the name is empty or reserved or the
  // activity is empty,
  // ALREADY_EXISTS where it is registered.
  absl::Status Add(std::string name, BlockingActivity activity);
  absl::Status AddAsync(std::string name, AsyncActivity activity);

  // nullptr where there is none.
  const ActivityFunction* Find(std::string_view name) const;
  std::vector<std::string> Names() const;

 private:
  friend void AddSystemActivities(ActivityRegistry& registry);
  // As AddFunction, for names that are neither empty nor reserved.
  absl::Status AddByUser(std::string name, ActivityFunction function);
  absl::Status AddFunction(std::string name, ActivityFunction function);

  std::map<std::string, ActivityFunction, std::less<>> functions_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_REGISTRY_H_
