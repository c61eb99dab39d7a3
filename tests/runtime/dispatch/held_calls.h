#ifndef DUROXIDE_TESTS_RUNTIME_DISPATCH_HELD_CALLS_H_
#define DUROXIDE_TESTS_RUNTIME_DISPATCH_HELD_CALLS_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "tests/support/fake_provider.h"

namespace duroxide::runtime {

// The calls of one method of a fake provider, which the test answers one by
// one. A fetch whose caller stops is answered with no items.
template <typename Request, typename Response>
class HeldCalls {
  struct State;

 public:
  class Call {
   public:
    Call(Request request, std::stop_token stop, Response* response,
         Provider::Done done)
        : request_(std::move(request)),
          stop_(std::move(stop)),
          response_(response),
          done_(std::move(done)) {}

    const Request& request() const { return request_; }
    const std::stop_token& stop() const { return stop_; }

    // The first answer counts.
    void Answer(const Response& response) { End(absl::OkStatus(), &response); }
    void Answer(const absl::Status& status) { End(status, nullptr); }

   private:
    friend class HeldCalls;

    void EndOnStop() {
      on_stop_.emplace(stop_, [this] { End(absl::OkStatus(), nullptr); });
    }
    void End(const absl::Status& status, const Response* response) {
      std::optional<Provider::Done> done;
      {
        const std::lock_guard lock(mutex_);
        done.swap(done_);
      }
      if (!done) return;
      if (response != nullptr) *response_ = *response;
      (*done)(status);
    }

    const Request request_;
    const std::stop_token stop_;
    Response* const response_;
    std::mutex mutex_;
    std::optional<Provider::Done> done_;
    std::optional<std::stop_callback<std::function<void()>>> on_stop_;
  };

  HeldCalls(testing_support::FakeProvider& fake, const std::string& method)
      : state_(std::make_shared<State>()) {
    fake.Handle(method,
                [state = state_](const CallContext& context,
                                 const google::protobuf::Message& request,
                                 google::protobuf::Message* response,
                                 Provider::Done done) {
                  auto call = std::make_shared<Call>(
                      static_cast<const Request&>(request), context.stop,
                      static_cast<Response*>(response), std::move(done));
                  call->EndOnStop();
                  bool over = false;
                  {
                    const std::lock_guard lock(state->mutex);
                    state->calls.push_back(call);
                    state->changed.notify_all();
                    over = state->over;
                  }
                  if (over) call->Answer(absl::OkStatus());
                });
  }
  ~HeldCalls() { AnswerAll(); }

  // From now on calls are answered with OK and nothing, also those that were
  // not answered yet.
  void AnswerAll() {
    std::deque<std::shared_ptr<Call>> calls;
    {
      const std::lock_guard lock(state_->mutex);
      state_->over = true;
      calls = state_->calls;
    }
    for (const auto& call : calls) call->Answer(absl::OkStatus());
  }

  // Blocks until there is one that was not asked for yet.
  std::shared_ptr<Call> Next() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(
        lock, [this] { return state_->asked < state_->calls.size(); });
    return state_->calls[state_->asked++];
  }

  // The calls so far.
  size_t count() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls.size();
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::shared_ptr<Call>> calls;
    size_t asked = 0;
    bool over = false;
  };

  const std::shared_ptr<State> state_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_TESTS_RUNTIME_DISPATCH_HELD_CALLS_H_
