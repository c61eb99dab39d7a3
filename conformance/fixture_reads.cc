// The part of the fixture that looks at what is stored.

#include <utility>

#include "conformance/fixture.h"

namespace duroxide::conformance {
namespace {

// Collects a list that comes in pages. `fetch` gets the page token and returns
// the page.
template <typename Item, typename Fetch, typename Items>
std::vector<Item> AllPages(Fetch fetch, Items items) {
  std::vector<Item> all;
  std::string token;
  do {
    const auto page = fetch(token);
    for (const Item& item : items(page)) all.push_back(item);
    token = page.next_page_token();
  } while (!token.empty());
  return all;
}

}  // namespace

std::vector<v1::Event> Fixture::ReadHistory(
    std::string_view instance, std::optional<uint64_t> execution_id,
    std::source_location where) {
  v1::ReadHistoryRequest request;
  request.set_instance(std::string(instance));
  if (execution_id) request.set_execution_id(*execution_id);
  const v1::ReadHistoryResponse response =
      Do(&Provider::ReadHistory, std::move(request), where);
  return {response.events().begin(), response.events().end()};
}

v1::InstanceInfo Fixture::GetInstanceInfo(std::string_view instance,
                                          std::source_location where) {
  absl::StatusOr<v1::InstanceInfo> info = TryGetInstanceInfo(instance);
  ExpectOk(info, where);
  return *std::move(info);
}

absl::StatusOr<v1::InstanceInfo> Fixture::TryGetInstanceInfo(
    std::string_view instance) {
  v1::GetInstanceInfoRequest request;
  request.set_instance(std::string(instance));
  absl::StatusOr<v1::GetInstanceInfoResponse> response =
      Call(&Provider::GetInstanceInfo, std::move(request));
  if (!response.ok()) return response.status();
  return response->info();
}

v1::ExecutionInfo Fixture::GetExecutionInfo(std::string_view instance,
                                            uint64_t execution_id,
                                            std::source_location where) {
  v1::GetExecutionInfoRequest request;
  request.set_instance(std::string(instance));
  request.set_execution_id(execution_id);
  return Do(&Provider::GetExecutionInfo, std::move(request), where).info();
}

v1::QueueDepths Fixture::GetQueueDepths(std::source_location where) {
  return Do(&Provider::GetQueueDepths, v1::GetQueueDepthsRequest(), where)
      .depths();
}

std::vector<std::string> Fixture::ListInstances(std::source_location where) {
  return AllPages<std::string>(
      [&](const std::string& token) {
        v1::ListInstancesRequest request;
        request.set_page_token(token);
        return Do(&Provider::ListInstances, std::move(request), where);
      },
      [](const auto& page) { return page.instance_ids(); });
}

std::vector<uint64_t> Fixture::ListExecutions(std::string_view instance,
                                              std::source_location where) {
  return AllPages<uint64_t>(
      [&](const std::string& token) {
        v1::ListExecutionsRequest request;
        request.set_instance(std::string(instance));
        request.set_page_token(token);
        return Do(&Provider::ListExecutions, std::move(request), where);
      },
      [](const auto& page) { return page.execution_ids(); });
}

}  // namespace duroxide::conformance
