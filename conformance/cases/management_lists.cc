// Lists of the administration, page by page.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/instance_steps.h"
#include "conformance/cases/removal_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/cases/steps.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

// The entries of a page, whatever the list.
std::vector<std::string> EntriesOf(const v1::ListInstancesResponse& page) {
  return {page.instance_ids().begin(), page.instance_ids().end()};
}
std::vector<std::string> EntriesOf(const v1::ListChildrenResponse& page) {
  return {page.instance_ids().begin(), page.instance_ids().end()};
}
std::vector<std::string> EntriesOf(const v1::ListExecutionsResponse& page) {
  std::vector<std::string> entries;
  for (const uint64_t id : page.execution_ids()) {
    entries.push_back(absl::StrCat(id));
  }
  return entries;
}

// Reads the list that `request` asks for by pages of every size that matters:
// its entries are `expected`, in this order, and no page is too large.
template <typename Request, typename Response>
void ExpectPages(Fixture& t, ProviderMethod<Request, Response> method,
                 Request request, const std::vector<std::string>& expected) {
  const auto count = static_cast<uint32_t>(expected.size());
  for (const uint32_t size : {0u, 1u, 2u, count - 1, count, count + 1, 1000u}) {
    request.set_page_size(size);
    request.clear_page_token();
    std::vector<std::string> all;
    // A page may have fewer entries than it could, but a list must come to its
    // end.
    for (uint32_t pages = 0; pages <= 2 * count; ++pages) {
      const Response page = t.Do(method, request);
      const std::vector<std::string> entries = EntriesOf(page);
      if (size > 0) t.Expect(entries, SizeIs(Le(size)), "page ", pages);
      all.insert(all.end(), entries.begin(), entries.end());
      request.set_page_token(page.next_page_token());
      if (request.page_token().empty()) break;
    }
    t.Expect(request.page_token(), IsEmpty(),
             "the list has no end; by pages of ", size);
    t.Expect(all, ::testing::ElementsAreArray(expected), "by pages of ", size);
  }
}

CONFORMANCE_CASE(
    management, lists_are_read_by_pages, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "Whatever the page size, a page has at most so many entries, and the "
        "pages together are the list: every entry once, in order, with an "
        "empty token at the end. So for instances, for those in one state, for "
        "children and for executions.",
    .procedure =
        "Make a root with four children and an instance with four executions. "
        "Read each list by pages of 1, 2, all but one, all, more than all, "
        "1000 entries, and without a size.",
    .likely_causes = {
        "The page size is ignored, or 0 is taken for none.",
        "The last entry of a page is on the next one too, or is left out.",
        "A full last page comes with a token, for ever.",
        "The filter is applied to the page instead of to the list."}) {
  const v1::OrchestrationStatus failed = v1::ORCHESTRATION_STATUS_FAILED;
  MakeInstance(t, "root");
  for (const char* child : {"d", "b", "c", "a"}) {
    NextMoment(t);
    MakeInstance(t, child, {.status = failed, .parent = "root"});
  }
  NextMoment(t);
  MakeExecutions(t, "chain", 4);

  ExpectPages(t, &Provider::ListInstances, v1::ListInstancesRequest(),
              {"chain", "a", "c", "b", "d", "root"});
  v1::ListInstancesRequest in_state;
  in_state.set_status(failed);
  ExpectPages(t, &Provider::ListInstances, in_state, {"a", "c", "b", "d"});
  ExpectPages(t, &Provider::ListChildren,
              Asking<v1::ListChildrenRequest>("root"), {"d", "b", "c", "a"});
  ExpectPages(t, &Provider::ListExecutions,
              Asking<v1::ListExecutionsRequest>("chain"), {"1", "2", "3", "4"});
}

CONFORMANCE_CASE(
    management, instances_are_listed_newest_first, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "The list goes by the moment when an instance's record was made: not "
        "by id, nor by when its start was enqueued, nor by its last turn.",
    .procedure =
        "Enqueue the starts of four instances, ids in no order. Make their "
        "records in another order, with a moment between: the list has them in "
        "that order, newest first. Take a turn "
        "of the oldest: the list is the same. Delete one and make it again: it "
        "is the newest.",
    .likely_causes = {"The list goes by id, or has no order.",
                      "The list goes by a row that the enqueue made.",
                      "The list goes by the last change."}) {
  for (const char* id : {"c", "a", "d", "b"}) t.EnqueueStart(id);
  std::vector<LockedItem> turns;
  for (int i = 0; i < 4; ++i) turns.push_back(t.FetchOrchestrationItem());
  // Fetched in the order c, a, d, b.
  for (const size_t next : {1, 0, 3, 2}) {
    NextMoment(t);
    t.Ack(FirstAck(turns[next]).Status(v1::ORCHESTRATION_STATUS_COMPLETED));
  }
  t.Expect(t.ListInstances(), ElementsAre("d", "b", "c", "a"));

  NextMoment(t);
  t.Enqueue(ExternalItem("a", "late"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem()).Append(TimerCreatedEvent(2, 1)));
  t.Expect(t.ListInstances(), ElementsAre("d", "b", "c", "a"),
           "after a turn of the oldest");

  NextMoment(t);
  Delete(t, "b");
  MakeInstance(t, "b");
  t.Expect(t.ListInstances(), ElementsAre("b", "d", "c", "a"),
           "b was made again");
}

CONFORMANCE_CASE(
    management, pages_hold_while_instances_come_and_go,
    .profile = Profile::kStrict, .clauses = {"ADMIN-1"},
    .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "An instance that is there throughout is on exactly one page, also "
        "where others are made, deleted and changed between two pages.",
    .procedure =
        "Make six instances and read a page of two. Make two more, delete one "
        "that was on the page and one that is still to come, and take a turn "
        "of the oldest. Read on: the other three that are to come, each once, "
        "in their order, and nothing twice.",
    .likely_causes = {"A page token is an offset into the list.",
                      "A page token names the last entry, and is lost with it.",
                      "The order goes by the last change."}) {
  for (const char* id : {"1", "2", "3", "4", "5", "6"}) {
    MakeInstance(t, id);
    NextMoment(t);
  }
  v1::ListInstancesRequest request;
  request.set_page_size(2);
  const v1::ListInstancesResponse first =
      t.Do(&Provider::ListInstances, request);
  t.Expect(first.instance_ids(), ElementsAre("6", "5"));
  t.Expect(first.next_page_token(), Not(IsEmpty()));

  for (const char* id : {"7", "8"}) MakeInstance(t, id);
  Delete(t, "5");
  Delete(t, "3");
  t.Enqueue(ExternalItem("1", "late"));
  t.Ack(AckBuilder(t.FetchOrchestrationItem()));

  std::vector<std::string> rest;
  request.set_page_token(first.next_page_token());
  while (!request.page_token().empty() && rest.size() <= 6) {
    const v1::ListInstancesResponse page =
        t.Do(&Provider::ListInstances, request);
    rest.insert(rest.end(), page.instance_ids().begin(),
                page.instance_ids().end());
    request.set_page_token(page.next_page_token());
  }
  t.Expect(rest, ElementsAre("4", "2", "1"), "the pages after the first");
}

CONFORMANCE_CASE(
    management, page_tokens_of_others_are_refused, .profile = Profile::kStrict,
    .clauses = {"ADMIN-1", "WIRE-9"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A page token that the provider did not make for such a request is "
        "INVALID_REQUEST, and so is a page size over 1000.",
    .procedure =
        "Ask each list for a page with tokens that are garbage, and with the "
        "token of another list; and for a page of 1001. Each is refused. The "
        "list's own token still works.",
    .likely_causes = {
        "An unreadable token is taken for the first page, or for the end.",
        "A number in the token is read as far as it goes.",
        "Tokens do not say which list they are of.",
        "A token is put into a query as it is."}) {
  MakeInstance(t, "root");
  for (const char* child : {"a", "b"}) {
    MakeInstance(t, child, {.parent = "root"});
  }
  MakeExecutions(t, "chain", 3);

  v1::ListInstancesRequest instances;
  auto executions = Asking<v1::ListExecutionsRequest>("chain");
  auto children = Asking<v1::ListChildrenRequest>("root");
  const auto token_of = [&](auto method, auto request) {
    request.set_page_size(1);
    std::string token = t.Do(method, request).next_page_token();
    t.Expect(token, Not(IsEmpty()));
    return token;
  };
  const std::string of_instances =
      token_of(&Provider::ListInstances, instances);
  const std::string of_executions =
      token_of(&Provider::ListExecutions, executions);
  const std::string of_children = token_of(&Provider::ListChildren, children);

  const auto check = [&](auto method, auto request, const std::string& own,
                         const std::vector<std::string>& others) {
    std::vector<std::string> refused = {"x", "' OR 1=1 --", "№", own + "0x"};
    refused.insert(refused.end(), others.begin(), others.end());
    for (const std::string& token : refused) {
      request.set_page_token(token);
      t.ExpectError(t.Call(method, request), v1::ERROR_REASON_INVALID_REQUEST,
                    "page token \"", token, "\"");
    }
    request.clear_page_token();
    request.set_page_size(1001);
    t.ExpectError(t.Call(method, request), v1::ERROR_REASON_INVALID_REQUEST,
                  "a page of 1001");
    request.set_page_size(1);
    request.set_page_token(own);
    t.ExpectOk(t.Call(method, request));
  };
  check(&Provider::ListInstances, instances, of_instances,
        {of_executions, of_children});
  check(&Provider::ListExecutions, executions, of_executions,
        {of_instances, of_children});
  check(&Provider::ListChildren, children, of_children,
        {of_instances, of_executions});
}

}  // namespace
}  // namespace duroxide::conformance
