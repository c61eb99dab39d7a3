#include "conformance/replay/replayer.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "conformance/durations.h"
#include "conformance/link.h"
#include "conformance/replay/methods.h"
#include "conformance/replay/plan.h"
#include "conformance/replay/value_map.h"
#include "conformance/session.h"
#include "conformance/text.h"
#include "providers/await.h"

namespace duroxide::conformance {
namespace {

using google::protobuf::Message;
using transcript::v1::Call;

// A call on its way.
struct Slot {
  std::unique_ptr<Message> request;
  std::unique_ptr<Message> response;
  Moment sent;
  // Where its caller gives up.
  std::optional<Moment> gives_up_at;
  std::stop_source give_up;
  // Set once the answer is there.
  std::optional<Moment> received;
  absl::Status status;
};

// Ids of requests belong to a store and mean nothing in a fresh one, but for
// those that make a store: a provider would take one that it knows for a repeat
// and make none.
void FreshenRequestId(Message& request, uint64_t now_ms) {
  constexpr size_t kLongest = 128;
  auto* create = dynamic_cast<testing_v1::CreateStoreRequest*>(&request);
  if (create == nullptr || create->request_id().empty()) return;
  const std::string fresh = Concat(create->request_id(), "-", now_ms);
  if (fresh.size() <= kLongest) create->set_request_id(fresh);
}

class Sender {
 public:
  Sender(const transcript::v1::Transcript& transcript, Provider& provider,
         ValueMap& values, const std::stop_token& stop)
      : transcript_(transcript),
        provider_(provider),
        values_(values),
        stop_(stop),
        slots_(static_cast<size_t>(transcript.calls_size())),
        calls_(slots_.size()),
        on_stop_(stop, [this] { Wake(); }) {}

  Replay Run() {
    began_ = Now();
    const std::vector<Step> plan = PlanOf(transcript_);
    size_t sent = 0;
    for (; sent < plan.size() && WaitFor(plan[sent]); ++sent) Send(sent);
    for (size_t i = 0; i < sent; ++i) Finish(i);
    calls_.resize(sent);
    return {.began = began_,
            .calls = std::move(calls_),
            .interrupted = sent < plan.size()};
  }

 private:
  const Call& CallAt(size_t index) const {
    return transcript_.calls(static_cast<int>(index));
  }

  void Wake() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }

  absl::Duration SinceBegin(Moment moment) const {
    return absl::FromChrono(moment - began_);
  }

  // Blocks until the call may be sent. False where the replay was stopped.
  bool WaitFor(const Step& step) {
    for (const size_t before : step.answered) Finish(before);
    const auto stopped = [this] { return stop_.stop_requested(); };
    WaitUntil(stopped, Add(began_, lag_.TimeFor(step.sent)));
    return !stopped();
  }

  // Blocks until `over` holds, or until `limit`. Lets callers give up whose
  // moment comes meanwhile.
  void WaitUntil(const std::function<bool()>& over,
                 std::optional<Moment> limit) {
    std::unique_lock lock(mutex_);
    while (!over() && !(limit && Now() >= *limit)) {
      std::optional<Moment> next = limit;
      std::vector<std::stop_source> due;
      for (Slot& slot : slots_) {
        if (!slot.gives_up_at) continue;
        if (Now() >= *slot.gives_up_at) {
          due.push_back(slot.give_up);
          slot.gives_up_at.reset();
        } else {
          next = std::min(next.value_or(*slot.gives_up_at), *slot.gives_up_at);
        }
      }
      if (!due.empty()) {
        // Whoever hears of it may answer at once, and so needs the lock.
        lock.unlock();
        for (std::stop_source& source : due) source.request_stop();
        lock.lock();
      } else if (next) {
        changed_.wait_until(lock, *next);
      } else {
        changed_.wait(lock);
      }
    }
  }

  void Send(size_t index) {
    const Call& call = CallAt(index);
    const Method& method = *FindMethod(call.method());
    Slot& slot = slots_[index];
    slot.request = Unpacked(call.request(), *method.request);
    values_.Translate(*slot.request);
    FreshenRequestId(*slot.request, values_.begins_ms());
    slot.response.reset(method.response->New());
    slot.sent = Now();
    lag_.Note(FromProto(call.sent()), SinceBegin(slot.sent));
    if (call.has_cancelled()) {
      slot.gives_up_at =
          Add(slot.sent, FromProto(call.cancelled()) - FromProto(call.sent()));
    }
    const absl::Duration timeout =
        call.has_timeout() ? FromProto(call.timeout()) : CallLimits::kPatience;
    method.call(
        provider_,
        {.deadline = absl::Now() + timeout, .stop = slot.give_up.get_token()},
        *slot.request, *slot.response, [this, &slot](absl::Status status) {
          const std::lock_guard lock(mutex_);
          slot.status = std::move(status);
          slot.received = Now();
          changed_.notify_all();
        });
  }

  void GiveUpAllIfStopped() {
    if (!stop_.stop_requested()) return;
    for (Slot& slot : slots_) slot.give_up.request_stop();
  }

  // Waits for an answer, learns from it and compares it.
  void Finish(size_t index) {
    Slot& slot = slots_[index];
    if (slot.request == nullptr) return;  // done before
    WaitUntil(
        [&] { return slot.received.has_value() || stop_.stop_requested(); },
        std::nullopt);
    GiveUpAllIfStopped();
    WaitUntil([&] { return slot.received.has_value(); }, std::nullopt);
    lag_.Note(FromProto(CallAt(index).received()), SinceBegin(*slot.received));
    ReplayedCall& call = calls_[index];
    call.answer.status = slot.status;
    if (slot.status.ok()) {
      if (CallAt(index).has_response()) {
        values_.LearnFrom(*Unpacked(CallAt(index).response(), *slot.response),
                          *slot.response);
      }
      call.answer.response = std::move(slot.response);
    }
    call.request = std::move(slot.request);
    call.sent = slot.sent;
    call.received = *slot.received;
    call.differences = DifferencesOf(CallAt(index), call.answer, values_);
  }

  const transcript::v1::Transcript& transcript_;
  Provider& provider_;
  ValueMap& values_;
  const std::stop_token stop_;
  Moment began_ = {};
  Lag lag_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // Neither grows nor moves: calls under way point into it.
  std::vector<Slot> slots_;
  std::vector<ReplayedCall> calls_;
  std::stop_callback<std::function<void()>> on_stop_;
};

void DropStore(Provider& provider, const std::string& store) {
  testing_v1::DropStoreRequest request;
  request.set_store(store);
  // What cannot be dropped is the provider's to keep.
  Await(provider, &Provider::DropStore, request,
        {.deadline = absl::Now() + CallLimits::kPatience})
      .IgnoreError();
}

// The stores that the replayed calls made.
std::vector<std::string> StoresOf(const Replay& replay) {
  std::vector<std::string> stores;
  for (const ReplayedCall& call : replay.calls) {
    const auto* made = dynamic_cast<const testing_v1::CreateStoreResponse*>(
        call.answer.response.get());
    if (made != nullptr) stores.push_back(made->store());
  }
  return stores;
}

}  // namespace

absl::StatusOr<Replay> SendAgain(const transcript::v1::Transcript& transcript,
                                 Provider& provider,
                                 const std::stop_token& stop) {
  const absl::StatusOr<Link> link = MeasureLink(provider, stop);
  if (!link.ok()) return link.status();
  ValueMap values(transcript.began_at_ms(),
                  static_cast<uint64_t>(
                      absl::ToUnixMillis(absl::Now() + link->clock_offset)));
  std::vector<std::string> stores;
  if (!transcript.store().empty()) {
    testing_v1::CreateStoreRequest request;
    request.set_label(Concat("replay of ", transcript.case_()));
    const absl::StatusOr<testing_v1::CreateStoreResponse> made =
        Await(provider, &Provider::CreateStore, request,
              {.deadline = absl::Now() + CallLimits::kPatience});
    if (!made.ok()) return made.status();
    values.Learn(transcript.store(), made->store());
    stores.push_back(made->store());
  }
  Replay replay = Sender(transcript, provider, values, stop).Run();
  const std::vector<std::string> more = StoresOf(replay);
  stores.insert(stores.end(), more.begin(), more.end());
  for (const std::string& store : stores) DropStore(provider, store);
  return replay;
}

}  // namespace duroxide::conformance
