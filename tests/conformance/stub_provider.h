#ifndef DUROXIDE_TESTS_CONFORMANCE_STUB_PROVIDER_H_
#define DUROXIDE_TESTS_CONFORMANCE_STUB_PROVIDER_H_

// A provider that stores nothing, for tests of the runner itself.

#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "providers/errors.h"
#include "providers/provider.h"
#include "providers/provider_methods.h"

namespace duroxide::conformance {

// Fails every call, with the method's name.
class FailingProvider : public Provider {
 public:
#define DUROXIDE_FAIL(package, method)                                       \
  DUROXIDE_OVERRIDE(package, method) {                                       \
    static_cast<void>(context);                                              \
    static_cast<void>(request);                                              \
    static_cast<void>(response);                                             \
    std::move(done)(MakeError(v1::ERROR_REASON_INTERNAL, "stub: " #method)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_FAIL)
#undef DUROXIDE_FAIL
};

// Tells `info`, and makes and drops stores. Thread-safe.
class StubProvider : public FailingProvider {
 public:
  StubProvider() {
    info.set_name("stub");
    info.set_version("0.9");
    info.set_contract_version("1.0");
    info.add_capabilities(v1::CAPABILITY_ISOLATED_STORES);
  }

  DUROXIDE_OVERRIDE(v1, GetProviderInfo) {
    static_cast<void>(context);
    static_cast<void>(request);
    *response = info;
    std::move(done)(absl::OkStatus());
  }

  DUROXIDE_OVERRIDE(testing_v1, CreateStore) {
    static_cast<void>(context);
    std::lock_guard lock(mutex_);
    response->set_store(request->label() + "#" + std::to_string(++made_));
    stores_.insert(response->store());
    std::move(done)(absl::OkStatus());
  }

  DUROXIDE_OVERRIDE(testing_v1, DropStore) {
    static_cast<void>(context);
    static_cast<void>(response);
    std::lock_guard lock(mutex_);
    stores_.erase(request->store());
    std::move(done)(absl::OkStatus());
  }

  // How many stores were made, and the ones that were not dropped.
  int made() const {
    std::lock_guard lock(mutex_);
    return made_;
  }
  std::set<std::string> stores() const {
    std::lock_guard lock(mutex_);
    return stores_;
  }

  // What GetProviderInfo tells. Not to be changed while calls are made.
  v1::GetProviderInfoResponse info;

 private:
  mutable std::mutex mutex_;
  int made_ = 0;
  std::set<std::string> stores_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_STUB_PROVIDER_H_
