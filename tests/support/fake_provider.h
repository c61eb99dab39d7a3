#ifndef DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_
#define DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "providers/provider.h"
#include "providers/provider_methods.h"

namespace duroxide::testing_support {

// A Provider without storage, for tests of what is around a Provider: it
// answers, waits and fails as it is told, and remembers its calls. Without a
// word it answers every call with OK and an empty reply. Thread-safe.
class FakeProvider final : public Provider {
 public:
  using Message = google::protobuf::Message;
  using Handler =
      std::function<void(const CallContext& context, const Message& request,
                         Message* response, Done done)>;

  FakeProvider();
  ~FakeProvider() override;

  // From now on calls of `method` are handled by `handler`.
  void Handle(const std::string& method, Handler handler);

  // From now on calls of `method` get this answer.
  void Answer(const std::string& method, absl::Status status);
  void Answer(const std::string& method, const Message& response);

  // From now on calls of `method` wait until they are stopped or released. A
  // stopped one ends with no items.
  void Hold(const std::string& method);
  // Ends the calls that wait, with `response`, whether or not they are stopped:
  // a provider that has taken locks just when its caller went away.
  void Release(const Message& response);
  // As Hold, but a stop is not looked at: only Release ends the wait.
  void HoldStubbornly(const std::string& method);

  // The requests of `method` so far, in the order of their arrival.
  std::vector<std::shared_ptr<const Message>> Requests(
      const std::string& method) const;

  // Blocks until `count` calls wait or have waited.
  void WaitForHeld(size_t count) const;
  // Blocks until a call that waits was asked to stop.
  void WaitForStop() const;

#define DUROXIDE_FAKE(package, method)                             \
  DUROXIDE_OVERRIDE(package, method) {                             \
    OnCall(#method, context, *request, response, std::move(done)); \
  }
  DUROXIDE_PROVIDER_METHODS(DUROXIDE_FAKE)
#undef DUROXIDE_FAKE

 private:
  struct Waiting;

  void Hold(const std::string& method, bool stubborn);
  void OnCall(const std::string& method, const CallContext& context,
              const Message& request, Message* response, Done done);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Handler> handlers_;
  std::map<std::string, std::vector<std::shared_ptr<const Message>>> requests_;
  std::vector<std::shared_ptr<Waiting>> waiting_;
  bool stopped_ = false;
};

}  // namespace duroxide::testing_support

#endif  // DUROXIDE_TESTS_SUPPORT_FAKE_PROVIDER_H_
