#ifndef DUROXIDE_TESTS_E2E_RUNTIME_FUNCTIONS_H_
#define DUROXIDE_TESTS_E2E_RUNTIME_FUNCTIONS_H_

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "runtime/registry.h"

namespace duroxide::e2e {

// The functions of a runtime, to be told one after the other. The test fails
// where one of them cannot be registered.
struct Functions {
  runtime::OrchestrationRegistry orchestrations;
  runtime::ActivityRegistry activities;

  Functions& Orchestration(std::string name,
                           runtime::OrchestrationFunction function) {
    return Ok(orchestrations.Add(std::move(name), std::move(function)));
  }
  Functions& Orchestration(std::string name, std::string_view version,
                           runtime::OrchestrationFunction function) {
    return Ok(
        orchestrations.Add(std::move(name), version, std::move(function)));
  }
  Functions& UseVersion(std::string_view name, std::string_view version) {
    return Ok(orchestrations.UseVersion(name, version));
  }
  Functions& Activity(std::string name, runtime::BlockingActivity activity) {
    return Ok(activities.Add(std::move(name), std::move(activity)));
  }
  Functions& AsyncActivity(std::string name, runtime::AsyncActivity activity) {
    return Ok(activities.AddAsync(std::move(name), std::move(activity)));
  }

 private:
  Functions& Ok(const absl::Status& status) {
    EXPECT_TRUE(status.ok()) << status;
    return *this;
  }
};

}  // namespace duroxide::e2e

#endif  // DUROXIDE_TESTS_E2E_RUNTIME_FUNCTIONS_H_
