#include "bench/wire_operations.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace duroxide::bench {
namespace {

// A method of Provider with its messages.
template <typename Request, typename Response>
struct Call {
  using Method = void (Provider::*)(const CallContext&, const Request*,
                                    Response*, Provider::Done);
  explicit Call(Method to_call) : method(to_call) {}

  Method method;
  Request request;
  Response response;
};

class WireOperation : public Operation {
 public:
  explicit WireOperation(const Lane& lane) : lane_(lane) {}

  void Start(Ended ended) final {
    ended_ = std::move(ended);
    Begin();
  }

 protected:
  // Ends with a call of End.
  virtual void Begin() = 0;

  void End(absl::Status status) { ended_(std::move(status)); }

  // Makes the call and goes on with `next` where it succeeded.
  template <typename Request, typename Response, typename Next>
  void Send(Call<Request, Response>& call, Next next) {
    call.response.Clear();
    (lane_.provider.*call.method)(
        CallContext(), &call.request, &call.response,
        [this, next = std::move(next)](absl::Status status) {
          if (!status.ok()) return End(std::move(status));
          next();
        });
  }

  // Makes the call, which is the last one.
  template <typename Request, typename Response>
  void SendLast(Call<Request, Response>& call) {
    Send(call, [this] { End(absl::OkStatus()); });
  }

  // Takes one item and acks it.
  template <typename Fetch, typename Ack, typename MakeAck>
  void FetchAndAck(Fetch& fetch, Ack& ack, MakeAck make_ack) {
    Send(fetch, [this, &fetch, &ack, make_ack] {
      if (fetch.response.items().empty()) return End(UsedUp());
      ack.request = make_ack(HeldBy(fetch.response.items(0)));
      SendLast(ack);
    });
  }

  template <typename Ack, typename MakeAck>
  void AckNext(Ack& ack, MakeAck make_ack) {
    const Held* held = lane_.supply.Take();
    if (held == nullptr) return End(UsedUp());
    ack.request = make_ack(*held);
    SendLast(ack);
  }

  std::string NewInstance() {
    return absl::StrCat("new-", lane_.lane, "-", made_++);
  }

 private:
  static absl::Status UsedUp() {
    return absl::OutOfRangeError("nothing is left to work on");
  }

  const Lane lane_;
  int made_ = 0;
  Ended ended_;
};

class Info final : public WireOperation {
 public:
  using WireOperation::WireOperation;

 private:
  void Begin() override { SendLast(info_); }

  Call<v1::GetProviderInfoRequest, v1::GetProviderInfoResponse> info_{
      &Provider::GetProviderInfo};
};

class Enqueue final : public WireOperation {
 public:
  using WireOperation::WireOperation;

 private:
  void Begin() override {
    enqueue_.request = bench::Start(NewInstance());
    SendLast(enqueue_);
  }

  Call<v1::EnqueueOrchestratorItemRequest, v1::EnqueueOrchestratorItemResponse>
      enqueue_{&Provider::EnqueueOrchestratorItem};
};

// What is done with activities.
class ActivityOperation final : public WireOperation {
 public:
  ActivityOperation(const Lane& lane, Work work)
      : WireOperation(lane), work_(work) {
    fetch_.request = FetchActivity();
  }

 private:
  void Begin() override {
    switch (work_) {
      case Work::kAckActivity:
        return AckNext(ack_, &AckOfActivity);
      case Work::kActivityCycle:
        enqueue_.request = Activity(NewInstance(), 2);
        return Send(enqueue_,
                    [this] { FetchAndAck(fetch_, ack_, &AckOfActivity); });
      default:
        return FetchAndAck(fetch_, ack_, &AckOfActivity);
    }
  }

  const Work work_;
  Call<v1::EnqueueWorkItemRequest, v1::EnqueueWorkItemResponse> enqueue_{
      &Provider::EnqueueWorkItem};
  Call<v1::FetchWorkItemsRequest, v1::FetchWorkItemsResponse> fetch_{
      &Provider::FetchWorkItems};
  Call<v1::AckWorkItemRequest, v1::AckWorkItemResponse> ack_{
      &Provider::AckWorkItem};
};

// What is done with instances.
class TurnOperation final : public WireOperation {
 public:
  TurnOperation(const Lane& lane, Work work)
      : WireOperation(lane), work_(work) {
    fetch_.request = FetchTurn();
  }

 private:
  void Begin() override {
    switch (work_) {
      case Work::kAckTurn:
        return AckNext(ack_, &SecondTurn);
      case Work::kTurnCycle:
        enqueue_.request = bench::Start(NewInstance());
        return Send(enqueue_, [this] { FetchAndAck(fetch_, ack_, &OnlyTurn); });
      default:
        return FetchAndAck(fetch_, ack_, &SecondTurn);
    }
  }

  const Work work_;
  Call<v1::EnqueueOrchestratorItemRequest, v1::EnqueueOrchestratorItemResponse>
      enqueue_{&Provider::EnqueueOrchestratorItem};
  Call<v1::FetchOrchestrationItemsRequest, v1::FetchOrchestrationItemsResponse>
      fetch_{&Provider::FetchOrchestrationItems};
  Call<v1::AckOrchestrationItemRequest, v1::AckOrchestrationItemResponse> ack_{
      &Provider::AckOrchestrationItem};
};

}  // namespace

std::unique_ptr<Operation> MakeOperation(Work work, const Lane& lane) {
  switch (work) {
    case Work::kInfo:
      return std::make_unique<Info>(lane);
    case Work::kEnqueue:
      return std::make_unique<Enqueue>(lane);
    case Work::kAckActivity:
    case Work::kFetchAndAckActivity:
    case Work::kActivityCycle:
      return std::make_unique<ActivityOperation>(lane, work);
    case Work::kAckTurn:
    case Work::kFetchAndAckTurn:
    case Work::kTurnCycle:
      return std::make_unique<TurnOperation>(lane, work);
  }
  return nullptr;
}

}  // namespace duroxide::bench
