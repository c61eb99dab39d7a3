#ifndef DUROXIDE_CONFORMANCE_CASES_INPUT_STEPS_H_
#define DUROXIDE_CONFORMANCE_CASES_INPUT_STEPS_H_

// Steps of cases about malformed requests.

#include <source_location>
#include <string_view>
#include <vector>

#include "conformance/any_method.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// Sends each broken version of `sound`, as it is. Each must be INVALID_REQUEST
// with a message that names the field.
void ExpectRefusesBrokenVersionsOf(
    Fixture& t, const google::protobuf::Message& sound,
    std::source_location where = std::source_location::current());

// Makes a SampleWorld and sends each broken version of its request for each of
// the methods: all are refused, and nothing has changed. Then the requests as
// they were: all succeed. So it was the one field that was refused.
void ExpectRefusesBrokenRequests(
    Fixture& t, const std::vector<std::string_view>& methods,
    std::source_location where = std::source_location::current());

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_INPUT_STEPS_H_
