#include "tests/e2e/load.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "tests/e2e/client.h"

namespace duroxide::e2e {

Load::Load(const std::vector<Provider*>& providers, Records& records,
           const LoadOptions& options) {
  static std::atomic<int> loads = 0;
  const int load = ++loads;
  for (int i = 0; i < options.clients; ++i) {
    Provider& provider = *providers[static_cast<size_t>(i) % providers.size()];
    clients_.emplace_back(
        [=, &provider, &records](const std::stop_token& stop) {
          Client(provider, records, options, absl::StrCat(load, "-", i),
                 options.seed * 1000 + static_cast<uint64_t>(i))
              .Run(stop);
        });
  }
}

void Load::Stop() {
  for (std::jthread& client : clients_) client.request_stop();
  for (std::jthread& client : clients_) {
    if (client.joinable()) client.join();
  }
}

}  // namespace duroxide::e2e
