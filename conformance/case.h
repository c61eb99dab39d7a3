#ifndef DUROXIDE_CONFORMANCE_CASE_H_
#define DUROXIDE_CONFORMANCE_CASE_H_

// How a conformance case declares itself.
//
//   CONFORMANCE_CASE(instance_locking, exclusive_instance_lock,
//                    .upstream = "test_exclusive_instance_lock",
//                    .clauses = {"FETCH-1"},
//                    .proves = "While an instance is locked, no other fetch
//                    ...", .procedure = "Enqueue a start, fetch it, fetch again
//                    ...", .likely_causes = {"The fetch selects and locks in
//                    two ..."})
//   {
//     t.EnqueueStart("order-1");
//     LockedItem first = t.FetchOrchestrationItem();
//     t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem(),
//                    "order-1 is locked by ", first);
//   }
//
// A case is one such block in one file of conformance/cases, and nothing else:
// the macro registers it. It holds behaviour only. The store, its cleanup, the
// waiting and the record of calls are those of `t`, a Fixture (fixture.h).
// Cases run side by side, so a case has no state outside of its body.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "providers/provider.h"

namespace duroxide::conformance {

class Fixture;

// Groups of cases that a run can ask for.
enum class Profile {
  // What upstream's own validation asks of every provider.
  kCore,
  // What upstream's validation leaves open, and what only shows on the wire.
  kStrict,
};

// The profile's name on the command line and in reports: "core", "strict".
std::string_view ProfileName(Profile profile);

// What a case says of itself, in the order in which a declaration gives it.
struct CaseTraits {
  Profile profile = Profile::kCore;
  // The case's name in upstream's validation; empty where upstream has none.
  std::string_view upstream = {};
  // The ids of the clauses that the case proves; at least one.
  std::vector<std::string_view> clauses = {};
  // Capabilities without which the case is skipped. Stores of its own need not
  // be named: every case has one.
  std::vector<v1::Capability> needs = {};
  // Capabilities with which the case does not apply: it shows what holds for a
  // provider that lacks them.
  std::vector<v1::Capability> absent = {};
  // True where the case restarts the provider (Fixture::RestartProvider). It
  // then gets one of its own, and is skipped where the runner starts none.
  bool restarts = false;
  // One or two sentences: what holds if the case passes.
  std::string_view proves = {};
  // The steps, for people who read no C++.
  std::string_view procedure = {};
  // What a provider that fails most often does wrong, the likeliest first.
  std::vector<std::string_view> likely_causes = {};
};

// A case: its names, its traits and its behaviour.
struct Case {
  std::string_view category;
  std::string_view name;
  CaseTraits traits = {};
  // Runs the case on `t`. Returns where it passed; every other end leaves by an
  // exception of the runner's own, which run_case.cc catches.
  void (*body)(Fixture& t) = nullptr;

  // "category/name", by which users select the case.
  std::string id() const;
};

// All cases of the program, by category and name. The span stays valid.
// Call it only after static initialisation.
std::span<const Case> RegisteredCases();

// Adds a case. Only the macro calls it, before main; the result has no meaning
// but lets the call stand at namespace scope.
bool RegisterCase(Case added);

}  // namespace duroxide::conformance

#define CONFORMANCE_CASE(case_category, case_name, ...)      \
  static void Run_##case_category##_##case_name(             \
      ::duroxide::conformance::Fixture& t);                  \
  [[maybe_unused]] static const bool                         \
      registered_##case_category##_##case_name =             \
          ::duroxide::conformance::RegisterCase(             \
              {.category = #case_category,                   \
               .name = #case_name,                           \
               .traits = {__VA_ARGS__},                      \
               .body = &Run_##case_category##_##case_name}); \
  static void Run_##case_category##_##case_name(             \
      [[maybe_unused]] ::duroxide::conformance::Fixture& t)

#endif  // DUROXIDE_CONFORMANCE_CASE_H_
