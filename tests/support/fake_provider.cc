#include "tests/support/fake_provider.h"

#include <optional>
#include <stop_token>
#include <utility>

namespace duroxide::testing_support {

// A call that waits; the fake keeps it to its own end. Whoever comes first,
// stop or release, answers it.
struct FakeProvider::Waiting {
  struct OnStop {
    FakeProvider* fake;
    Waiting* waiting;
    void operator()() const {
      {
        const std::lock_guard lock(fake->mutex_);
        fake->stopped_ = true;
        fake->changed_.notify_all();
      }
      if (!waiting->stubborn) waiting->End(nullptr);
    }
  };

  Waiting(bool is_stubborn, Message* reply, Done when_done)
      : stubborn(is_stubborn), response(reply), done(std::move(when_done)) {}

  void End(const Message* answer) {
    std::optional<Done> ended;
    {
      const std::lock_guard lock(mutex);
      ended.swap(done);
    }
    if (!ended.has_value()) return;
    if (answer != nullptr) response->CopyFrom(*answer);
    std::move (*ended)(absl::OkStatus());
  }

  const bool stubborn;
  Message* const response;
  std::mutex mutex;
  std::optional<Done> done;  // guarded by mutex; empty once it has run
  std::optional<std::stop_callback<OnStop>> on_stop;
};

FakeProvider::FakeProvider() = default;
FakeProvider::~FakeProvider() = default;

void FakeProvider::Handle(const std::string& method, Handler handler) {
  const std::lock_guard lock(mutex_);
  handlers_[method] = std::move(handler);
}

void FakeProvider::Answer(const std::string& method, absl::Status status) {
  Handle(method, [status](const CallContext&, const Message&, Message*,
                          Done done) { std::move(done)(status); });
}

void FakeProvider::Answer(const std::string& method, const Message& response) {
  const std::shared_ptr<Message> copy(response.New());
  copy->CopyFrom(response);
  Handle(method,
         [copy](const CallContext&, const Message&, Message* out, Done done) {
           out->CopyFrom(*copy);
           std::move(done)(absl::OkStatus());
         });
}

void FakeProvider::Hold(const std::string& method) { Hold(method, false); }

void FakeProvider::HoldStubbornly(const std::string& method) {
  Hold(method, true);
}

void FakeProvider::Hold(const std::string& method, bool stubborn) {
  Handle(method, [this, stubborn](const CallContext& context, const Message&,
                                  Message* response, Done done) {
    const auto waiting =
        std::make_shared<Waiting>(stubborn, response, std::move(done));
    waiting->on_stop.emplace(context.stop,
                             Waiting::OnStop{this, waiting.get()});
    const std::lock_guard lock(mutex_);
    waiting_.push_back(waiting);
    changed_.notify_all();
  });
}

void FakeProvider::Release(const Message& response) {
  std::vector<std::shared_ptr<Waiting>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting = waiting_;
  }
  for (const auto& call : waiting) call->End(&response);
}

std::vector<std::shared_ptr<const FakeProvider::Message>>
FakeProvider::Requests(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(method);
  if (found == requests_.end()) return {};
  return found->second;
}

void FakeProvider::WaitForHeld(size_t count) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return waiting_.size() >= count; });
}

void FakeProvider::WaitForStop() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_; });
}

void FakeProvider::OnCall(const std::string& method, const CallContext& context,
                          const Message& request, Message* response,
                          Done done) {
  const std::shared_ptr<Message> copy(request.New());
  copy->CopyFrom(request);
  Handler handler;
  {
    const std::lock_guard lock(mutex_);
    requests_[method].push_back(copy);
    if (const auto found = handlers_.find(method); found != handlers_.end()) {
      handler = found->second;
    }
  }
  if (handler == nullptr) return std::move(done)(absl::OkStatus());
  handler(context, request, response, std::move(done));
}

}  // namespace duroxide::testing_support
