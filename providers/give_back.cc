#include "providers/give_back.h"

#include <memory>
#include <utility>

namespace duroxide {
namespace {

// Runs a callback when its last owner lets go of it.
class AtEnd {
 public:
  explicit AtEnd(absl::AnyInvocable<void()> done) : done_(std::move(done)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { done_(); }

 private:
  absl::AnyInvocable<void()> done_;
};

template <typename Request, typename Response>
void Abandon(Provider& provider,
             void (Provider::*abandon)(const CallContext&, const Request*,
                                       Response*, Provider::Done),
             const std::string& store, const std::string& lock_token,
             std::shared_ptr<AtEnd> at_end) {
  struct Exchange {
    Request request;
    Response response;
  };
  auto exchange = std::make_unique<Exchange>();
  exchange->request.set_store(store);
  exchange->request.set_lock_token(lock_token);
  exchange->request.set_ignore_attempt(true);
  const Request* request = &exchange->request;
  Response* response = &exchange->response;
  (provider.*abandon)(CallContext(), request, response,
                      [exchange = std::move(exchange),
                       at_end = std::move(at_end)](absl::Status /*status*/) {});
}

}  // namespace

void GiveBack(Provider& provider, const std::string& store,
              const v1::FetchOrchestrationItemsResponse& fetched,
              absl::AnyInvocable<void()> done) {
  const auto at_end = std::make_shared<AtEnd>(std::move(done));
  for (const v1::LockedOrchestrationItem& item : fetched.items()) {
    Abandon(provider, &Provider::AbandonOrchestrationItem, store,
            item.lock_token(), at_end);
  }
}

void GiveBack(Provider& provider, const std::string& store,
              const v1::FetchWorkItemsResponse& fetched,
              absl::AnyInvocable<void()> done) {
  const auto at_end = std::make_shared<AtEnd>(std::move(done));
  for (const v1::LockedWorkItem& item : fetched.items()) {
    Abandon(provider, &Provider::AbandonWorkItem, store, item.lock_token(),
            at_end);
  }
}

}  // namespace duroxide
