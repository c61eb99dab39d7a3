#ifndef DUROXIDE_TESTS_E2E_RUNTIME_RANDOM_PROGRAM_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_RANDOM_PROGRAM_H_

#include "tests/e2e/runtime/functions.h"

namespace duroxide::e2e {

// Adds "Program", an orchestration that uses all primitives in an order that
// follows from its input, a number, and the activities and children that it
// needs. Its races have a winner that does not depend on time, and so its
// output and what its history says follow from the input, too. It takes three
// messages from the queue "inbox".
void AddRandomProgram(Functions& functions);

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_RANDOM_PROGRAM_H_
