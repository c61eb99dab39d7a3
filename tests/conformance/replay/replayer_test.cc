#include "conformance/replay/replayer.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "conformance/replay/replay_report.h"
#include "gmock/gmock.h"
#include "tests/conformance/replay/transcripts.h"
#include "tests/conformance/stub_provider.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// Gives "token-now" to whoever fetches activities; but a fetch that may wait
// gets its answer only when something is enqueued, or when it is given up.
class PollingProvider final : public StubProvider {
 public:
  DUROXIDE_OVERRIDE(v1, FetchWorkItems) {
    if (!request->has_poll_timeout()) {
      response->add_items()->set_lock_token("token-now");
      std::move(done)(absl::OkStatus());
      return;
    }
    const std::lock_guard lock(mutex_);
    waiting_ = std::make_shared<Done>(std::move(done));
    arrived_.notify_all();
    on_give_up_ = std::make_unique<GiveUp>(context.stop, [this] { Answer(); });
  }

  DUROXIDE_OVERRIDE(v1, EnqueueWorkItem) {
    static_cast<void>(context);
    static_cast<void>(request);
    static_cast<void>(response);
    Answer();
    std::move(done)(absl::OkStatus());
  }

  DUROXIDE_OVERRIDE(v1, AckWorkItem) {
    static_cast<void>(context);
    static_cast<void>(response);
    acked = request->lock_token();
    store = request->store();
    std::move(done)(absl::OkStatus());
  }

  // Blocks until a fetch waits.
  void WaitForFetch() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return waiting_ != nullptr; });
  }

  // What the last ack said.
  std::string acked;
  std::string store;

 private:
  using GiveUp = std::stop_callback<std::function<void()>>;

  void Answer() {
    std::shared_ptr<Done> waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting = std::exchange(waiting_, nullptr);
    }
    if (waiting != nullptr) std::move (*waiting)(absl::OkStatus());
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::shared_ptr<Done> waiting_;
  std::unique_ptr<GiveUp> on_give_up_;
};

v1::FetchWorkItemsRequest LongPoll() {
  v1::FetchWorkItemsRequest request;
  request.mutable_poll_timeout()->set_seconds(60);
  return request;
}

v1::FetchWorkItemsResponse Fetched(const std::string& token) {
  v1::FetchWorkItemsResponse response;
  response.add_items()->set_lock_token(token);
  return response;
}

v1::AckWorkItemRequest Ack(const std::string& token) {
  v1::AckWorkItemRequest request;
  request.set_lock_token(token);
  request.set_store("store-then");
  return request;
}

TEST(ReplayerTest, PutsTheNewTokenAndStoreIntoTheCalls) {
  PollingProvider provider;
  const auto transcript = TranscriptWith(
      CallOf(v1::FetchWorkItemsRequest(), Fetched("token-then"), 0, 1),
      CallOf(Ack("token-then"), v1::AckWorkItemResponse(), 2, 3));
  const Replay replay = SendAgain(transcript, provider, {}).value();
  EXPECT_THAT(replay.calls, SizeIs(2));
  EXPECT_EQ(CountDifferent(replay), 0u);
  EXPECT_EQ(provider.acked, "token-now");
  EXPECT_THAT(provider.store, StartsWith("replay of category/name#"));
  EXPECT_THAT(provider.stores(), IsEmpty()) << "the store was not dropped";
}

TEST(ReplayerTest, LetsACallWaitWhileOthersAreSent) {
  PollingProvider provider;
  const auto transcript =
      TranscriptWith(CallOf(LongPoll(), v1::FetchWorkItemsResponse(), 0, 10),
                     CallOf(v1::EnqueueWorkItemRequest(),
                            v1::EnqueueWorkItemResponse(), 5, 6));
  const Replay replay = SendAgain(transcript, provider, {}).value();
  EXPECT_THAT(replay.calls, SizeIs(2));
  EXPECT_EQ(CountDifferent(replay), 0u);
  EXPECT_LE(replay.calls[0].sent, replay.calls[1].sent);
  EXPECT_GE(replay.calls[0].received, replay.calls[1].sent);
}

TEST(ReplayerTest, GivesUpWhereTheCallerDid) {
  PollingProvider provider;
  auto poll = CallOf(LongPoll(), v1::FetchWorkItemsResponse(), 0, 21);
  *poll.mutable_cancelled() = ToProto(absl::Milliseconds(20));
  const Replay replay = SendAgain(TranscriptWith(poll), provider, {}).value();
  EXPECT_THAT(replay.calls, SizeIs(1));
  EXPECT_GE(replay.calls[0].received - replay.calls[0].sent,
            std::chrono::milliseconds(20));
}

TEST(ReplayerTest, KeepsTheGaps) {
  PollingProvider provider;
  const auto transcript =
      TranscriptWith(CallOf(v1::FetchWorkItemsRequest(), Fetched("a"), 0, 1),
                     CallOf(Ack("a"), v1::AckWorkItemResponse(), 41, 42));
  const Replay replay = SendAgain(transcript, provider, {}).value();
  EXPECT_GE(replay.calls[1].sent - replay.calls[0].received,
            std::chrono::milliseconds(40));
}

TEST(ReplayerTest, EndsWhereItIsInterrupted) {
  PollingProvider provider;
  const auto transcript =
      TranscriptWith(CallOf(LongPoll(), v1::FetchWorkItemsResponse(), 0, 1),
                     CallOf(Ack("a"), v1::AckWorkItemResponse(), 2, 3));
  std::stop_source stop;
  std::jthread interrupter([&] {
    provider.WaitForFetch();
    stop.request_stop();
  });
  const Replay replay =
      SendAgain(transcript, provider, stop.get_token()).value();
  EXPECT_TRUE(replay.interrupted);
  EXPECT_THAT(replay.calls, SizeIs(1));
  EXPECT_THAT(provider.stores(), IsEmpty());
}

TEST(ReplayerTest, TellsWhereTheAnswersDiffer) {
  PollingProvider provider;
  const auto transcript = TranscriptWith(
      CallOf(v1::FetchWorkItemsRequest(), v1::FetchWorkItemsResponse(), 0, 3),
      FailedCallOf(Ack("none"), "FAILED_PRECONDITION",
                   v1::ERROR_REASON_LOCK_LOST));
  const Replay replay = SendAgain(transcript, provider, {}).value();
  EXPECT_THAT(replay.calls[0].differences,
              ElementsAre(HasSubstr("added: items[0]")));
  EXPECT_THAT(replay.calls[1].differences,
              ElementsAre(HasSubstr("LOCK_LOST -> OK")));
  std::ostringstream report;
  WriteReplay(report, transcript, replay, Style(/*colours=*/false));
  EXPECT_THAT(
      report.str(),
      AllOf(HasSubstr("DIFFERS  FetchWorkItems\n"), HasSubstr("was     OK\n"),
            HasSubstr("is      OK items { lock_token: \"token-now\" }"),
            HasSubstr("2 of 2 calls sent, 2 answers differ.\n"),
            HasSubstr("2 of them are of calls that overlapped")));
}

}  // namespace
}  // namespace duroxide::conformance
