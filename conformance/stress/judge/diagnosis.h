#ifndef DUROXIDE_CONFORMANCE_STRESS_JUDGE_DIAGNOSIS_H_
#define DUROXIDE_CONFORMANCE_STRESS_JUDGE_DIAGNOSIS_H_

// What a bad result means: recognised from its figures, with likely causes and
// what to do next.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/stress/stress_result.h"

namespace duroxide::stress {

// A sign of trouble that is known: one entry of a table.
struct SignOfTrouble {
  // A word in snake case, for programs: "success_below_100".
  std::string_view id;
  // For people: "Not all instances completed".
  std::string_view title;
  // True where a correct provider never shows it, however slow it is.
  bool fault;
  // The likely ones first.
  std::vector<std::string_view> causes;
  // In this order.
  std::vector<std::string_view> next_steps;
};

std::span<const SignOfTrouble> SignsOfTrouble();

// A sign that a run shows.
struct Diagnosis {
  const SignOfTrouble* sign = nullptr;
  // Where: "parallel_orchestrations 2/2".
  std::string where;
  // What was seen, a sentence with its figures each.
  std::vector<std::string> seen;

  // All of it for people, several lines.
  std::string text() const;
};

// All that the loads of one run show, faults first. Empty where all is well.
std::vector<Diagnosis> Diagnose(std::span<const StressResult> results);

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_JUDGE_DIAGNOSIS_H_
