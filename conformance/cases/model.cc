// Random interleavings of all that can be done with the queues, against a model
// of what the contract says (conformance/model).

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "conformance/case.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"
#include "conformance/model/operation.h"
#include "conformance/model/play.h"
#include "conformance/model/shrink.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

using model::Played;

// Sequences of a case, played side by side, and the steps of each.
constexpr int kSequences = 8;
constexpr size_t kSteps = 60;

// For how long a failing sequence is tried with fewer steps, many at a time.
absl::Duration ShrinkTime(const Fixture& t) { return 20 * t.lock_timeout(); }
constexpr size_t kAtATime = 8;

std::string TextOfSteps(const Played& played) {
  std::string text;
  int number = 0;
  for (const model::Step& step : played.steps) {
    text += Concat(text.empty() ? "" : "; ", ++number, ". ",
                   TextOf(step.operation), ": ", TextOf(step.outcome));
  }
  return text;
}

std::string TextOfAllowed(const Played& played) {
  std::vector<std::string> texts;
  for (const model::Outcome& outcome : played.allowed) {
    texts.push_back(TextOf(outcome));
  }
  return Join(texts, ", or ");
}

// Plays the candidates and returns the place of the first that fails, with what
// came of it.
std::optional<size_t> FindFailing(
    Fixture& t, const std::vector<model::Sequence>& candidates, Moment end,
    Played& failed) {
  for (size_t first = 0; first < candidates.size() && Now() < end;
       first += kAtATime) {
    std::vector<Played> played(std::min(kAtATime, candidates.size() - first));
    t.Concurrently(static_cast<int>(played.size()), [&](int i) {
      const auto place = static_cast<size_t>(i);
      played[place] = Play(t, candidates[first + place]);
    });
    for (size_t i = 0; i < played.size(); ++i) {
      if (played[i].end != Played::End::kDisagreed) continue;
      failed = std::move(played[i]);
      return first + i;
    }
  }
  return std::nullopt;
}

// Ends the case with the shortest sequence that still fails.
[[noreturn]] void FailShrunk(Fixture& t, Played shortest, int sequence) {
  model::Sequence operations;
  for (const model::Step& step : shortest.steps) {
    operations.push_back(step.operation);
  }
  const Moment end = Add(Now(), ShrinkTime(t));
  model::Shrink(std::move(operations),
                [&](const std::vector<model::Sequence>& candidates) {
                  return FindFailing(t, candidates, end, shortest);
                });
  const model::Step& last = shortest.steps.back();
  t.Fail(Concat(TextOf(last.operation), ": ", TextOfAllowed(shortest)),
         TextOf(last.outcome),
         Concat("seed ", t.seed(), ", sequence ", sequence,
                "; the shortest that fails: ", TextOfSteps(shortest)));
}

// Plays sequences that the run's seed chooses.
void ExpectAgreement(Fixture& t, model::Scope scope) {
  std::vector<Played> played(kSequences);
  t.Concurrently(kSequences, [&](int i) {
    const uint64_t seed = t.seed() * kSequences + static_cast<uint64_t>(i);
    played[static_cast<size_t>(i)] =
        Play(t, model::RandomOperations(seed, kSteps, scope));
  });
  for (int i = 0; i < kSequences; ++i) {
    const Played& one = played[static_cast<size_t>(i)];
    if (one.end == Played::End::kDisagreed) FailShrunk(t, one, i);
  }
  for (const Played& one : played) {
    if (one.end == Played::End::kTooSlow) t.RequireSurely(*one.over);
  }
}

CONFORMANCE_CASE(
    model, orchestrator_queue, .profile = Profile::kStrict,
    .clauses = {"FETCH-1", "FETCH-2", "FETCH-3", "FETCH-5", "FETCH-6", "ENQ-1",
                "ACK-1", "ABANDON-1", "RENEW-1"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "Whatever is done with the orchestrator queue in whatever order, each "
        "answer is the one that the contract allows: which instance comes, "
        "with which messages, on which attempt, and which locks are held.",
    .procedure =
        "By chance, but always the same for a seed: enqueue starts and events, "
        "some of them delayed; fetch with long and short locks; ack, abandon "
        "and renew with locks that are held and with lost ones; wait until "
        "short locks and delays are over. Compare each answer with a model of "
        "the queue. Where one differs, leave out steps as long as it does.",
    .likely_causes = {
        "The steps of the failure, read from the last one backwards, tell the "
        "clause."}) {
  ExpectAgreement(t, model::Scope::kOrchestratorQueue);
}

CONFORMANCE_CASE(
    model, worker_queue, .profile = Profile::kStrict,
    .clauses = {"WORK-1", "WORK-2", "WORK-3", "FETCH-6"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "Whatever is done with the worker queue in whatever order, each answer "
        "is the one that the contract allows: which activity comes, on which "
        "attempt, and which locks are held.",
    .procedure =
        "By chance, but always the same for a seed: enqueue activities; fetch "
        "with long and short locks; ack, abandon and renew with locks that are "
        "held and with lost ones; wait until short locks and delays are over. "
        "Compare each answer with a model of the queue. Where one differs, "
        "leave out steps as long as it does.",
    .likely_causes = {
        "The steps of the failure, read from the last one backwards, tell the "
        "clause."}) {
  ExpectAgreement(t, model::Scope::kWorkerQueue);
}

CONFORMANCE_CASE(
    model, both_queues, .profile = Profile::kStrict,
    .clauses = {"ACK-1", "ACK-5", "WORK-1", "WORK-2", "FETCH-1", "FETCH-3"},
    .needs = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "The two queues work together as the contract says, whatever is done "
        "in whatever order: what acks of turns and of activities enqueue comes "
        "when and where it is due, and locks of one queue are nothing in the "
        "other.",
    .procedure =
        "As for each queue alone, but with operations on both, mixed: acks of "
        "turns enqueue events and activities, acks of activities completions.",
    .likely_causes = {
        "The steps of the failure, read from the last one backwards, tell the "
        "clause."}) {
  ExpectAgreement(t, model::Scope::kBothQueues);
}

}  // namespace
}  // namespace duroxide::conformance
