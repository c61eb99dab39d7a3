#include "conformance/stress/scenarios/worker_ledger.h"

#include "absl/strings/str_cat.h"
#include "conformance/stress/check/kinds.h"

namespace duroxide::stress {

std::string_view NodeOf(std::string_view worker_id) {
  // "work-3-node": the slot stands between.
  const size_t slot = worker_id.find('-');
  if (slot == std::string_view::npos) return worker_id;
  const size_t node = worker_id.find('-', slot + 1);
  if (node == std::string_view::npos) return worker_id;
  return worker_id.substr(node + 1);
}

void WorkerLedger::NoteSession(const runtime::ActivityInfo& activity) {
  const std::string node(NodeOf(activity.worker_id));
  const std::lock_guard lock(mutex_);
  ++by_node_[node];
  if (!activity.session_id) return;
  const auto [known, is_new] =
      node_of_session_.emplace(*activity.session_id, node);
  if (is_new || known->second == node) return;
  Found(kSessionSplit,
        absl::StrCat(*activity.session_id, ": event ", activity.activity_id,
                     " ran on ", node, ", those before on ", known->second));
  known->second = node;
}

void WorkerLedger::NoteTag(const runtime::ActivityInfo& activity,
                           std::string_view node) {
  const std::string ran_on(NodeOf(activity.worker_id));
  const std::lock_guard lock(mutex_);
  ++by_node_[ran_on];
  if (ran_on == node) return;
  Found(kWrongWorker,
        absl::StrCat(activity.instance, ": event ", activity.activity_id,
                     ", tag \"", activity.tag.value_or(""), "\", ran on ",
                     ran_on));
}

std::map<std::string, uint64_t> WorkerLedger::ByNode() const {
  const std::lock_guard lock(mutex_);
  return by_node_;
}

uint64_t WorkerLedger::sessions() const {
  const std::lock_guard lock(mutex_);
  return node_of_session_.size();
}

void WorkerLedger::Report(Findings& findings) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [kind, found] : found_) {
    findings.Add(kind, found.example, found.count);
  }
}

void WorkerLedger::Found(std::string_view kind, const std::string& example) {
  auto& found = found_[std::string(kind)];
  if (found.count++ == 0) found.example = example;
}

}  // namespace duroxide::stress
