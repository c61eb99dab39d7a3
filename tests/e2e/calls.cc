#include "tests/e2e/calls.h"

#include <gtest/gtest.h>

#include <utility>

#include "providers/await.h"

namespace duroxide::e2e {
namespace {

template <typename Request>
Request Fetch(const FetchOptions& options) {
  Request request;
  SetDuration(options.lease, *request.mutable_lock_timeout());
  SetDuration(options.poll, *request.mutable_poll_timeout());
  request.set_max_items(options.max_items);
  return request;
}

template <typename Request>
Request Abandon(std::string_view lock_token) {
  Request request;
  request.set_lock_token(std::string(lock_token));
  request.set_ignore_attempt(true);
  return request;
}

template <typename Request>
Request Renew(std::string_view lock_token, absl::Duration extend_for) {
  Request request;
  request.set_lock_token(std::string(lock_token));
  SetDuration(extend_for, *request.mutable_extend_for());
  return request;
}

// The one item of a fetch's answer.
template <typename Response>
auto TheItem(const absl::StatusOr<Response>& response) {
  using Item = std::decay_t<decltype(response->items(0))>;
  if (response.ok() && response->items_size() == 1) return response->items(0);
  ADD_FAILURE() << "no item: " << response.status();
  return Item();
}

}  // namespace

void SetDuration(absl::Duration duration, google::protobuf::Duration& field) {
  field.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  field.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
}

v1::FetchOrchestrationItemsRequest FetchTurns(const FetchOptions& options) {
  return Fetch<v1::FetchOrchestrationItemsRequest>(options);
}

v1::FetchWorkItemsRequest FetchWork(const FetchOptions& options) {
  auto request = Fetch<v1::FetchWorkItemsRequest>(options);
  v1::TagFilter& filter = *request.mutable_tag_filter();
  if (options.tag.empty()) {
    filter.set_mode(v1::TagFilter::MODE_ANY);
  } else {
    filter.set_mode(v1::TagFilter::MODE_TAGS);
    filter.add_tags(options.tag);
  }
  return request;
}

v1::EnqueueOrchestratorItemRequest EnqueueMessage(v1::WorkItem item) {
  v1::EnqueueOrchestratorItemRequest request;
  *request.mutable_item() = std::move(item);
  return request;
}

v1::EnqueueWorkItemRequest EnqueueWork(v1::WorkItem item) {
  v1::EnqueueWorkItemRequest request;
  *request.mutable_item() = std::move(item);
  return request;
}

v1::AckWorkItemRequest AckWork(std::string_view lock_token,
                               v1::WorkItem completion) {
  v1::AckWorkItemRequest request;
  request.set_lock_token(std::string(lock_token));
  if (completion.kind_case() != v1::WorkItem::KIND_NOT_SET) {
    *request.mutable_completion() = std::move(completion);
  }
  return request;
}

v1::AbandonOrchestrationItemRequest AbandonTurn(std::string_view lock_token) {
  return Abandon<v1::AbandonOrchestrationItemRequest>(lock_token);
}

v1::AbandonWorkItemRequest AbandonWork(std::string_view lock_token) {
  return Abandon<v1::AbandonWorkItemRequest>(lock_token);
}

v1::RenewOrchestrationItemLockRequest RenewTurn(std::string_view lock_token,
                                                absl::Duration extend_for) {
  return Renew<v1::RenewOrchestrationItemLockRequest>(lock_token, extend_for);
}

v1::RenewWorkItemLockRequest RenewWork(std::string_view lock_token,
                                       absl::Duration extend_for) {
  return Renew<v1::RenewWorkItemLockRequest>(lock_token, extend_for);
}

absl::Status Enqueue(Provider& provider, const v1::WorkItem& item) {
  if (item.has_activity_execute()) {
    return Await(provider, &Provider::EnqueueWorkItem, EnqueueWork(item))
        .status();
  }
  return Await(provider, &Provider::EnqueueOrchestratorItem,
               EnqueueMessage(item))
      .status();
}

v1::LockedWorkItem TakeWork(Provider& provider, const FetchOptions& options) {
  return TheItem(
      Await(provider, &Provider::FetchWorkItems, FetchWork(options)));
}

v1::LockedOrchestrationItem TakeTurn(Provider& provider,
                                     const FetchOptions& options) {
  return TheItem(
      Await(provider, &Provider::FetchOrchestrationItems, FetchTurns(options)));
}

}  // namespace duroxide::e2e
