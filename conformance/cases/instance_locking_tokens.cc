// Lock tokens: whoever has one may finish somebody's work, so nobody may be
// able to guess one.

#include <algorithm>
#include <array>
#include <cmath>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "conformance/case.h"
#include "conformance/cases/batch_steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

// How many tokens are looked at, fetched by several threads. Each place of a
// token seems to hold a little less than it does, because so few are seen.
constexpr int kThreads = 16;
constexpr int kRounds = 8;

// At least this much must be seen of the 128 random bits that a token has to
// have. A random UUID shows some 117 of its 122, a timestamp with a counter and
// a host or process id no more than 40, one with 64 random bits behind it some
// 90.
constexpr double kLeastBits = 105;

// The bits that the bytes at `place` of the tokens hold, by how often each
// comes up; a token that is too short has a byte of its own there.
double BitsAt(const std::vector<std::string>& tokens, size_t place) {
  std::array<int, 257> counts{};
  for (const std::string& token : tokens) {
    const size_t byte =
        place < token.size() ? static_cast<unsigned char>(token[place]) : 256;
    ++counts[byte];
  }
  double bits = 0;
  for (const int count : counts) {
    if (count == 0) continue;
    const double part =
        static_cast<double>(count) / static_cast<double>(tokens.size());
    bits -= part * std::log2(part);
  }
  return bits;
}

void ExpectUnguessable(Fixture& t, const std::vector<std::string>& tokens) {
  const std::set<std::string> distinct(tokens.begin(), tokens.end());
  t.Expect(distinct.size(), tokens.size(), "distinct tokens");
  size_t longest = 0;
  for (const std::string& token : tokens) {
    longest = std::max(longest, token.size());
  }
  double bits = 0;
  for (size_t place = 0; place < longest; ++place) {
    bits += BitsAt(tokens, place);
  }
  t.Expect(bits, ::testing::Ge(kLeastBits), "random bits of tokens such as ",
           tokens.front(), " and ", tokens.back());
}

CONFORMANCE_CASE(
    instance_locking, tokens_cannot_be_guessed, .profile = Profile::kStrict,
    .clauses = {"FETCH-1", "WORK-1", "WIRE-6"},
    .proves =
        "Lock tokens are random, in both queues: no two are equal, and in what "
        "differs from token to token there is room for 128 random bits. A "
        "timestamp, a counter or a process id is not enough.",
    .procedure =
        "Fetch instances and give them back, 128 times in all, in sixteen "
        "threads; the same with activities. All tokens of each queue differ. "
        "Count for each place in the tokens how evenly the characters are "
        "spread: together they hold more than 105 bits.",
    .likely_causes = {
        "A token is a timestamp with a process id or a counter.",
        "A token has a long constant part and a short random one.",
        "The generator is seeded with the time."}) {
  EnqueueMany(t, kThreads);
  std::mutex mutex;
  std::vector<std::string> of_instances;
  std::vector<std::string> of_activities;
  t.Concurrently(kThreads, [&](int) {
    for (int round = 0; round < kRounds; ++round) {
      const LockedItem item = t.FetchOrchestrationItemWithin();
      t.Abandon(item);
      const LockedWork work = t.FetchWorkItemWithin();
      t.AbandonWork(work);
      std::lock_guard lock(mutex);
      of_instances.push_back(item.token());
      of_activities.push_back(work.token());
    }
  });
  ExpectUnguessable(t, of_instances);
  ExpectUnguessable(t, of_activities);
}

}  // namespace
}  // namespace duroxide::conformance
