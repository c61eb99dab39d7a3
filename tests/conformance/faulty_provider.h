#ifndef DUROXIDE_TESTS_CONFORMANCE_FAULTY_PROVIDER_H_
#define DUROXIDE_TESTS_CONFORMANCE_FAULTY_PROVIDER_H_

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "providers/provider.h"
#include "providers/provider_methods.h"

namespace duroxide::conformance {

// Where a fault interferes with a call. Called from many threads.
struct FaultHooks {
  using Message = google::protobuf::Message;
  // May change what the working provider is asked, and ask it itself. May wait
  // for it where calls come over a wire; where they come from the `done` of
  // another call, as those of `stress` do, it must not block.
  std::function<void(Provider& working, Message& request)> before = nullptr;
  // May change what it answered. Must not block.
  std::function<void(const Message& request, Message& response,
                     absl::Status& status)>
      after = nullptr;
  // Never hears that a caller does not want to wait any longer or is gone.
  bool deaf = false;
};

// Hands every call on to a provider that works, which outlives it, and lets the
// hooks interfere.
class FaultyProvider final : public Provider {
 public:
  FaultyProvider(Provider& working, FaultHooks hooks)
      : working_(working), hooks_(std::move(hooks)) {}

#define DUROXIDE_FAULTY(package, method)                                   \
  DUROXIDE_OVERRIDE(package, method) {                                     \
    Hand(&Provider::method, context, *request, response, std::move(done)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_FAULTY)
#undef DUROXIDE_FAULTY

 private:
  template <typename Request, typename Response>
  void Hand(void (Provider::*method)(const CallContext&, const Request*,
                                     Response*, Done),
            const CallContext& context, const Request& request,
            Response* response, Done done) {
    auto asked = std::make_shared<Request>(request);
    if (hooks_.before) hooks_.before(working_, *asked);
    (working_.*method)(hooks_.deaf ? CallContext() : context, asked.get(),
                       response,
                       [this, asked, response,
                        done = std::move(done)](absl::Status status) mutable {
                         if (hooks_.after) {
                           hooks_.after(*asked, *response, status);
                         }
                         std::move(done)(std::move(status));
                       });
  }

  Provider& working_;
  const FaultHooks hooks_;
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_TESTS_CONFORMANCE_FAULTY_PROVIDER_H_
