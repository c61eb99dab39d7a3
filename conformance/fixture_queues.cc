// The part of the fixture that works with the two queues. Locks live the same
// way in both, so each step is written once.

#include <algorithm>
#include <utility>

#include "conformance/builders.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// One long poll is no longer than this, so that an interrupted run ends soon
// even where a provider does not hear of it.
constexpr absl::Duration kLongestPoll = absl::Seconds(1);

absl::Duration Or(absl::Duration given, absl::Duration otherwise) {
  return given == absl::ZeroDuration() ? otherwise : given;
}

template <typename Request>
void SetPollTimeout(const WaitOptions& wait, Request& request) {
  if (wait.poll_timeout == absl::ZeroDuration()) return;
  *request.mutable_poll_timeout() = ToProto(wait.poll_timeout);
}

// A fetch has its wait on top of what every call may take.
CallLimits LimitsOf(const WaitOptions& wait,
                    const google::protobuf::Duration& poll_timeout) {
  return {.timeout = std::min(wait.deadline,
                              CallLimits::kPatience + FromProto(poll_timeout)),
          .cancel = wait.cancel};
}

// The call ended because its caller was gone.
bool GaveUp(const WaitOptions& wait, const absl::Status& status) {
  return (wait.deadline < absl::InfiniteDuration() &&
          status.code() == absl::StatusCode::kDeadlineExceeded) ||
         (wait.cancel.stop_requested() &&
          status.code() == absl::StatusCode::kCancelled);
}

v1::FetchOrchestrationItemsRequest FetchRequest(const FetchOptions& options,
                                                absl::Duration lock_timeout) {
  v1::FetchOrchestrationItemsRequest request;
  *request.mutable_lock_timeout() =
      ToProto(Or(options.lock_timeout, lock_timeout));
  if (options.filter) *request.mutable_filter() = *options.filter;
  if (options.max_inline_events) {
    request.set_max_inline_events(*options.max_inline_events);
  }
  SetPollTimeout(options.wait, request);
  request.set_max_items(1);
  return request;
}

v1::FetchWorkItemsRequest FetchRequest(const WorkFetchOptions& options,
                                       absl::Duration lock_timeout) {
  v1::FetchWorkItemsRequest request;
  *request.mutable_lock_timeout() =
      ToProto(Or(options.lock_timeout, lock_timeout));
  if (options.session) *request.mutable_session() = *options.session;
  if (options.tag_filter) *request.mutable_tag_filter() = *options.tag_filter;
  SetPollTimeout(options.wait, request);
  request.set_max_items(1);
  return request;
}

}  // namespace

// Steps of both queues.

template <typename Message, typename Request, typename Response>
std::vector<Locked<Message>> Fixture::FetchMany(
    ProviderMethod<Request, Response> method, const Request& request,
    const WaitOptions& wait, std::source_location where) {
  const Answer<Response> answer =
      session_.Call(method, request, LimitsOf(wait, request.poll_timeout()));
  if (GaveUp(wait, answer.response.status())) return {};
  ExpectOk(answer.response, where);
  std::vector<Locked<Message>> all;
  for (const Message& item : answer.response->items()) {
    all.emplace_back(item, answer.For(FromProto(request.lock_timeout())));
    leases_.Hold(all.back().token(), all.back().held);
  }
  const size_t most = std::max(request.max_items(), 1u);
  if (all.size() > most) {
    Fail(most == 1 ? "at most the one item that was asked for"
                   : Concat("at most the ", most, " items asked for"),
         Concat(all.size(), " items"), "", where);
  }
  return all;
}

template <typename Message, typename Request, typename Response>
std::optional<Locked<Message>> Fixture::FetchOnce(
    ProviderMethod<Request, Response> method, const Request& request,
    const WaitOptions& wait, std::source_location where) {
  std::vector<Locked<Message>> all =
      FetchMany<Message>(method, request, wait, where);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

template <typename Message, typename Request, typename Response>
Locked<Message> Fixture::FetchNow(ProviderMethod<Request, Response> method,
                                  const Request& request,
                                  const WaitOptions& wait,
                                  std::source_location where) {
  std::optional<Locked<Message>> locked =
      FetchOnce<Message>(method, request, wait, where);
  if (!locked) Fail("an item to fetch", "none", "", where);
  return *std::move(locked);
}

template <typename Message, typename Request, typename Response>
Locked<Message> Fixture::FetchWithin(ProviderMethod<Request, Response> method,
                                     Request request, absl::Duration limit,
                                     std::source_location where) {
  const bool long_polls = Has(v1::CAPABILITY_LONG_POLLING);
  absl::Duration longest = kLongestPoll;
  if (provider_info().limits().has_max_poll_timeout()) {
    longest = std::min(longest,
                       FromProto(provider_info().limits().max_poll_timeout()));
  }
  Patience patience(stop_.get_token(), limit);
  do {
    if (long_polls) {
      *request.mutable_poll_timeout() =
          ToProto(std::min(patience.Left(), longest));
    }
    if (auto locked = FetchOnce<Message>(method, request, {}, where)) {
      return *std::move(locked);
    }
  } while (patience.Pause());
  FailAfterWait(Concat("an item to fetch within ", absl::FormatDuration(limit)),
                "none", "", where);
}

template <typename Request, typename Response>
absl::Status Fixture::GiveUp(ProviderMethod<Request, Response> method,
                             const Request& request) {
  absl::Status status = session_.Call(method, request).response.status();
  if (status.ok()) leases_.Release(request.lock_token());
  return status;
}

template <typename Request, typename Response>
absl::StatusOr<Interval> Fixture::GiveBack(
    ProviderMethod<Request, Response> method, std::string_view token,
    const AbandonOptions& options) {
  Request request;
  request.set_lock_token(std::string(token));
  if (options.delay != absl::ZeroDuration()) {
    *request.mutable_delay() = ToProto(options.delay);
  }
  request.set_ignore_attempt(options.ignore_attempt);
  const Answer<Response> answer = session_.Call(method, request);
  if (!answer.response.ok()) return answer.response.status();
  leases_.Release(request.lock_token());
  return answer.For(options.delay);
}

template <typename Request, typename Response>
absl::StatusOr<Interval> Fixture::Extend(
    ProviderMethod<Request, Response> method, std::string_view token,
    absl::Duration extend_for) {
  Request request;
  request.set_lock_token(std::string(token));
  *request.mutable_extend_for() = ToProto(extend_for);
  const Answer<Response> answer = session_.Call(method, request);
  if (!answer.response.ok()) return answer.response.status();
  leases_.Hold(request.lock_token(), answer.For(extend_for));
  return answer.For(extend_for);
}

Interval Fixture::ExpectInterval(const absl::StatusOr<Interval>& interval,
                                 std::source_location where) {
  ExpectOk(interval, where);
  return *interval;
}

// The orchestrator queue.

void Fixture::EnqueueStart(std::string_view instance,
                           std::source_location where) {
  Enqueue(StartItem(instance), where);
}

void Fixture::Enqueue(v1::WorkItem item, std::source_location where) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = std::move(item);
  Do(&Provider::EnqueueOrchestratorItem, std::move(request), where);
}

Interval Fixture::EnqueueDelayed(v1::WorkItem item, absl::Duration delay,
                                 std::source_location where) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = std::move(item);
  *request.mutable_delay() = ToProto(delay);
  const Answer<v1::EnqueueOrchestratorItemResponse> answer =
      session_.Call(&Provider::EnqueueOrchestratorItem, std::move(request));
  ExpectOk(answer.response, where);
  return answer.For(delay);
}

LockedItem Fixture::FetchOrchestrationItem(const FetchOptions& options,
                                           std::source_location where) {
  return FetchNow<v1::LockedOrchestrationItem>(
      &Provider::FetchOrchestrationItems, FetchRequest(options, lock_timeout()),
      options.wait, where);
}

std::optional<LockedItem> Fixture::TryFetchOrchestrationItem(
    const FetchOptions& options, std::source_location where) {
  return FetchOnce<v1::LockedOrchestrationItem>(
      &Provider::FetchOrchestrationItems, FetchRequest(options, lock_timeout()),
      options.wait, where);
}

std::vector<LockedItem> Fixture::FetchOrchestrationItems(
    uint32_t max_items, const FetchOptions& options,
    std::source_location where) {
  v1::FetchOrchestrationItemsRequest request =
      FetchRequest(options, lock_timeout());
  request.set_max_items(max_items);
  return FetchMany<v1::LockedOrchestrationItem>(
      &Provider::FetchOrchestrationItems, request, options.wait, where);
}

LockedItem Fixture::FetchOrchestrationItemWithin(const FetchOptions& options,
                                                 absl::Duration limit,
                                                 std::source_location where) {
  return FetchWithin<v1::LockedOrchestrationItem>(
      &Provider::FetchOrchestrationItems, FetchRequest(options, lock_timeout()),
      Or(limit, patience()), where);
}

void Fixture::Ack(const v1::AckOrchestrationItemRequest& turn,
                  std::source_location where) {
  ExpectOk(TryAck(turn), where);
}

absl::Status Fixture::TryAck(const v1::AckOrchestrationItemRequest& turn) {
  return GiveUp(&Provider::AckOrchestrationItem, turn);
}

Interval Fixture::Abandon(const LockedItem& locked,
                          const AbandonOptions& options,
                          std::source_location where) {
  return ExpectInterval(TryAbandon(locked.token(), options), where);
}

absl::StatusOr<Interval> Fixture::TryAbandon(std::string_view token,
                                             const AbandonOptions& options) {
  return GiveBack(&Provider::AbandonOrchestrationItem, token, options);
}

Interval Fixture::Renew(const LockedItem& locked, absl::Duration extend_for,
                        std::source_location where) {
  return ExpectInterval(TryRenew(locked.token(), extend_for), where);
}

absl::StatusOr<Interval> Fixture::TryRenew(std::string_view token,
                                           absl::Duration extend_for) {
  return Extend(&Provider::RenewOrchestrationItemLock, token, extend_for);
}

// The worker queue.

void Fixture::EnqueueWork(v1::WorkItem item, std::source_location where) {
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = std::move(item);
  Do(&Provider::EnqueueWorkItem, std::move(request), where);
}

LockedWork Fixture::FetchWorkItem(const WorkFetchOptions& options,
                                  std::source_location where) {
  return FetchNow<v1::LockedWorkItem>(&Provider::FetchWorkItems,
                                      FetchRequest(options, lock_timeout()),
                                      options.wait, where);
}

std::optional<LockedWork> Fixture::TryFetchWorkItem(
    const WorkFetchOptions& options, std::source_location where) {
  return FetchOnce<v1::LockedWorkItem>(&Provider::FetchWorkItems,
                                       FetchRequest(options, lock_timeout()),
                                       options.wait, where);
}

std::vector<LockedWork> Fixture::FetchWorkItems(uint32_t max_items,
                                                const WorkFetchOptions& options,
                                                std::source_location where) {
  v1::FetchWorkItemsRequest request = FetchRequest(options, lock_timeout());
  request.set_max_items(max_items);
  return FetchMany<v1::LockedWorkItem>(&Provider::FetchWorkItems, request,
                                       options.wait, where);
}

LockedWork Fixture::FetchWorkItemWithin(const WorkFetchOptions& options,
                                        absl::Duration limit,
                                        std::source_location where) {
  return FetchWithin<v1::LockedWorkItem>(&Provider::FetchWorkItems,
                                         FetchRequest(options, lock_timeout()),
                                         Or(limit, patience()), where);
}

void Fixture::AckWork(const LockedWork& locked,
                      std::optional<v1::WorkItem> completion,
                      std::source_location where) {
  ExpectOk(TryAckWork(locked.token(), std::move(completion)), where);
}

absl::Status Fixture::TryAckWork(std::string_view token,
                                 std::optional<v1::WorkItem> completion) {
  v1::AckWorkItemRequest request;
  request.set_lock_token(std::string(token));
  if (completion) *request.mutable_completion() = *std::move(completion);
  return GiveUp(&Provider::AckWorkItem, request);
}

Interval Fixture::AbandonWork(const LockedWork& locked,
                              const AbandonOptions& options,
                              std::source_location where) {
  return ExpectInterval(TryAbandonWork(locked.token(), options), where);
}

absl::StatusOr<Interval> Fixture::TryAbandonWork(
    std::string_view token, const AbandonOptions& options) {
  return GiveBack(&Provider::AbandonWorkItem, token, options);
}

Interval Fixture::RenewWork(const LockedWork& locked, absl::Duration extend_for,
                            std::source_location where) {
  return ExpectInterval(TryRenewWork(locked.token(), extend_for), where);
}

absl::StatusOr<Interval> Fixture::TryRenewWork(std::string_view token,
                                               absl::Duration extend_for) {
  return Extend(&Provider::RenewWorkItemLock, token, extend_for);
}

}  // namespace duroxide::conformance
