#ifndef DUROXIDE_CONFORMANCE_STRESS_LOAD_STORE_H_
#define DUROXIDE_CONFORMANCE_STRESS_LOAD_STORE_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "providers/provider.h"

namespace duroxide::stress {

// Where a load's instances are: a store of its own, which is dropped at the
// end, or one that is there, in which its instances have a prefix of their own.
class LoadStore {
 public:
  // Makes a store where `asked` names none and the provider can
  // (ISOLATED_STORES). `label` is for who looks into the provider.
  static absl::StatusOr<LoadStore> Open(
      std::shared_ptr<Provider> provider,
      const v1::GetProviderInfoResponse& info, const std::string& label,
      const std::optional<std::string>& asked);

  LoadStore(LoadStore&& other) noexcept;
  LoadStore& operator=(LoadStore&&) = delete;
  ~LoadStore();

  const std::string& name() const { return name_; }
  const std::string& prefix() const { return prefix_; }
  // Nobody else uses it.
  bool own() const { return provider_ != nullptr; }

 private:
  LoadStore() = default;

  // Null where there is nothing to drop.
  std::shared_ptr<Provider> provider_;
  std::string name_;
  std::string prefix_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_LOAD_STORE_H_
