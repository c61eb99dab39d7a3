#ifndef DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_WORKER_LEDGER_H_
#define DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_WORKER_LEDGER_H_

// Which runtime did what, where a load has several.

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "conformance/stress/check/findings.h"
#include "runtime/activity_context.h"

namespace duroxide::stress {

// The node id of the runtime behind a worker id, as runtimes name their slots.
std::string_view NodeOf(std::string_view worker_id);

// Thread-safe.
class WorkerLedger {
 public:
  // The activity is done, or about to be. Finds sessions that change their
  // node.
  void NoteSession(const runtime::ActivityInfo& activity);
  // The same for tags: finds activities whose node is not `node`.
  void NoteTag(const runtime::ActivityInfo& activity, std::string_view node);

  // Activities by node.
  std::map<std::string, uint64_t> ByNode() const;
  // How many sessions there were.
  uint64_t sessions() const;

  // Adds what was found.
  void Report(Findings& findings) const;

 private:
  // With the lock held.
  void Found(std::string_view kind, const std::string& example);

  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> by_node_;
  std::unordered_map<std::string, std::string> node_of_session_;
  struct Count {
    uint64_t count = 0;
    std::string example;
  };
  std::map<std::string, Count, std::less<>> found_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_SCENARIOS_WORKER_LEDGER_H_
