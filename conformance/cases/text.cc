// Texts come out as they went in.

#include <mutex>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/awkward_text.h"
#include "conformance/builders.h"
#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/steps.h"
#include "conformance/durations.h"
#include "conformance/every_kind.h"
#include "conformance/fetch_terms.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::UnorderedElementsAreArray;

// Gives one text after the other, of all kinds, and begins again.
TextOf AwkwardTextOf() {
  return [next = size_t{0}](const auto& /*field*/) mutable {
    next += 7;
    return AwkwardTexts()[next % AwkwardTexts().size()];
  };
}

// The lists are the same. Looks at one after the other, because a failure that
// shows all of them is hard to read.
template <typename Messages, typename Message>
void ExpectSame(Fixture& t, const Messages& seen,
                const std::vector<Message>& expected, std::string_view what,
                std::source_location where = std::source_location::current()) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (i == static_cast<size_t>(seen.size())) break;
    t.Expect<Message>(seen[static_cast<int>(i)],
                      {IsMessage(expected[i]), where}, what, ", number ",
                      i + 1);
  }
  t.Expect<size_t>(static_cast<size_t>(seen.size()), {expected.size(), where},
                   "how many ", what);
}

CONFORMANCE_CASE(
    text, messages, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "FETCH-2", "ENQ-1"},
    .proves =
        "Messages of every kind come out of the orchestrator queue as they "
        "went in, byte for byte and number for number, in their order, "
        "whatever texts are in them.",
    .procedure =
        "Enqueue a message of every kind for one instance, each with all its "
        "fields set: quotes, wildcards, escapes, control characters, scripts "
        "of up to four bytes a character. Fetch the instance: the batch is "
        "these messages.",
    .likely_causes = {
        "Messages go through JSON or a type of the provider's own, and a "
        "field, a number or a character is lost there.",
        "Texts are put into a query unescaped.",
        "The database's encoding does not know four bytes a character."}) {
  std::vector<v1::WorkItem> messages;
  for (const v1::WorkItem& message :
       MessagesOfEveryKind("order-1", AwkwardTextOf())) {
    if (!message.has_activity_execute()) messages.push_back(message);
  }
  for (const v1::WorkItem& message : messages) t.Enqueue(message);
  const LockedItem fetched = t.FetchOrchestrationItem();
  ExpectSame(t, fetched.item().messages(), messages, "messages");
}

CONFORMANCE_CASE(
    text, events, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-3", "FETCH-4"},
    .proves =
        "Events of every kind are read back as they were given, byte for byte "
        "and number for number, whether they came by an ack or by an append, "
        "and in the history of a fetched item too.",
    .procedure =
        "Ack a turn with an event of every kind, each with all its fields set, "
        "with awkward texts and large numbers. Append the same to another "
        "instance. Read both histories, and fetch the first instance: the "
        "events are the same.",
    .likely_causes = {
        "Events go through JSON or a type of the provider's own, and a field, "
        "a number or a character is lost there.",
        "Acks and appends store events in different ways."}) {
  const auto acked = EventsOfEveryKind("order-1", 1, AwkwardTextOf());
  t.EnqueueStart("order-1");
  AckBuilder turn(t.FetchOrchestrationItem());
  for (const v1::Event& event : acked) turn.Append(event);
  t.Ack(turn);
  ExpectSame(t, t.ReadHistory("order-1"), acked, "events of an ack");

  const auto appended = EventsOfEveryKind("order-2", 1, AwkwardTextOf());
  v1::AppendHistoryRequest append;
  append.set_instance("order-2");
  append.set_execution_id(1);
  append.mutable_events()->Add(appended.begin(), appended.end());
  t.Do(&Provider::AppendHistory, append);
  ExpectSame(t, t.ReadHistory("order-2"), appended, "appended events");

  t.Enqueue(ExternalItem("order-1", "approved"));
  const LockedItem fetched = t.FetchOrchestrationItem();
  ExpectSame(t, fetched.item().history(), acked, "events of a fetched item");
}

CONFORMANCE_CASE(
    text, instances_and_their_records, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-2", "ACK-7", "KV-3"},
    .proves =
        "An instance is known by exactly its id: ids that differ by case, "
        "form, a blank or an invisible character are different instances, and "
        "wildcards match nothing but themselves. Names, versions, outputs, "
        "parents, custom statuses, keys and values are any text too.",
    .procedure =
        "Make an instance for each of many awkward texts, with that text as "
        "its id, name, version, output, custom status, and as a key and its "
        "value, several at a time. Each is fetched once, with its own start. "
        "Then each tells its own text wherever it is asked, and the list has "
        "each id once.",
    .likely_causes = {
        "Ids are compared without case, or by a collation that drops blanks "
        "or accents.",
        "Ids are trimmed or normalized on the way in.",
        "A lookup uses LIKE, or a path or key is built from ids unescaped."}) {
  const std::vector<std::string>& texts = AwkwardTexts();
  SideBySide(t, texts.size(), [&](size_t i) { t.EnqueueStart(texts[i]); });
  std::mutex mutex;
  std::vector<std::string> fetched;
  SideBySide(t, texts.size(), [&](size_t) {
    const LockedItem started = t.FetchOrchestrationItem();
    const std::string& text = started.item().instance();
    t.Expect(started.item().messages(), AreMessages({StartItem(text)}));
    t.Ack(AckBuilder(started)
              .Append(StartedEvent(1, {.input = text}))
              .Append(CustomStatusEvent(2, text))
              .Append(KeyValueSetEvent(3, text, text))
              .Name(text)
              .Version(text)
              .Parent("parent of " + text)
              .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
              .Output(text));
    const std::lock_guard lock(mutex);
    fetched.push_back(text);
  });
  t.Expect(fetched, UnorderedElementsAreArray(texts));

  SideBySide(t, texts.size(), [&](size_t i) {
    const std::string& text = texts[i];
    t.Expect(t.ReadHistory(text), AreEvents(text, 1,
                                            {StartedEvent(1, {.input = text}),
                                             CustomStatusEvent(2, text),
                                             KeyValueSetEvent(3, text, text)}));
    v1::GetCustomStatusRequest status;
    status.set_instance(text);
    t.Expect(t.Do(&Provider::GetCustomStatus, status).change().custom_status(),
             text);
    t.Expect(ValuesOf(t, text), KeyValues{{text, text}});
    if (!t.Has(v1::CAPABILITY_ADMIN)) return;
    const v1::InstanceInfo info = t.GetInstanceInfo(text);
    t.Expect(info.instance_id(), text);
    t.Expect(info.orchestration_name(), text);
    t.Expect(info.orchestration_version(), text);
    t.Expect(info.output(), text);
    t.Expect(info.parent_instance_id(), "parent of " + text);
  });
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    t.Expect(t.ListInstances(), UnorderedElementsAreArray(AwkwardTexts()));
  }
}

CONFORMANCE_CASE(
    text, deletion_of_wildcards, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "DEL-1", "DEL-2"}, .needs = {v1::CAPABILITY_ADMIN},
    .proves =
        "A deletion takes exactly the instances that are named: not one that "
        "differs by case or a blank, and where the name is a wildcard, not the "
        "ones that it would match.",
    .procedure =
        "Make instances whose ids are wildcards, or differ by case, form or a "
        "blank. Delete every second one, one at a time: just that one is gone "
        "each time.",
    .likely_causes = {"The statement uses LIKE, or builds its list of ids "
                      "as text.",
                      "Ids are compared by a collation."}) {
  std::vector<std::string> left = {
      "%",        "order",     "_",    "Order", "100%",  "order ",
      "[a-z]",    "*",         "it's", "its",   "fin",   "\ufb01n",
      "ca\u00e9", "cae\u0301", "a,b",  "a",     "ORDER", "b"};
  const std::vector<std::string> all = left;
  SideBySide(t, all.size(), [&](size_t i) {
    t.EnqueueStart(all[i]);
    t.Ack(FirstAck(t.FetchOrchestrationItem())
              .Status(v1::ORCHESTRATION_STATUS_COMPLETED));
  });
  for (size_t i = 0; i < all.size(); i += 2) {
    const std::string& text = all[i];
    v1::DeleteInstancesRequest remove;
    remove.add_instances(text);
    t.Expect(
        t.Do(&Provider::DeleteInstances, remove).result().instances_deleted(),
        1u, "instances deleted by \"", text, "\"");
    std::erase(left, text);
    t.Expect(t.ListInstances(), UnorderedElementsAreArray(left),
             "after the deletion of \"", text, "\"");
  }
}

CONFORMANCE_CASE(
    text, activities_tags_and_sessions, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "TAG-1", "SESS-1", "WORK-1"},
    .proves =
        "Activities come out as they went in, whatever texts are in them. A "
        "tag or a session matches where it is the same text and nowhere else: "
        "not by case, form, blanks or wildcards. Owners are any text too.",
    .procedure =
        "For each of many awkward texts enqueue an activity that has it as its "
        "instance, name, input, session and tag. For each text fetch "
        "with that tag as an owner of that name: just its own activity comes, "
        "and then nothing.",
    .likely_causes = {
        "Tags are kept as a list in one text, or matched by a pattern.",
        "Tags, sessions or owners are compared by a collation."}) {
  const std::vector<std::string>& texts = AwkwardTexts();
  const auto activity = [](const std::string& text) {
    return ActivityItem(
        text, 2,
        {.name = text, .input = text, .session_id = text, .tag = text});
  };
  SideBySide(t, texts.size(),
             [&](size_t i) { t.EnqueueWork(activity(texts[i])); });
  SideBySide(t, texts.size(), [&](size_t i) {
    const std::string& text = texts[texts.size() - 1 - i];
    const WorkFetchOptions fetch = {
        .lock_timeout = 20 * t.lock_timeout(),
        .session = SessionsOf(text, 20 * t.lock_timeout()),
        .tag_filter = Tags({text})};
    t.Expect(t.FetchWorkItem(fetch).item(), IsMessage(activity(text)));
    t.Expect(t.TryFetchWorkItem(fetch), NoItem(), "of tag \"", text, "\"");
  });
}

CONFORMANCE_CASE(
    text, empty_is_not_absent, .profile = Profile::kStrict,
    .clauses = {"WIRE-9", "ACK-2", "ACK-7", "KV-1", "TAG-1", "SESS-1"},
    .proves =
        "An empty text is a value and is not the same as none: for outputs, "
        "custom statuses, values, versions, and the optional fields of "
        "messages and events. An empty tag is a tag, and an empty session id "
        "is a session.",
    .procedure =
        "Enqueue and fetch, append and read messages and events once with "
        "their optional texts empty and once without them: each comes as it "
        "was. Ack with an empty output, custom status and value: they are "
        "there and empty. An activity with an empty tag is taken by TAGS with "
        "an empty tag, and not as an untagged one; one with an empty session "
        "id needs a session.",
    .likely_causes = {"The language has one word for both.",
                      "The database takes the empty text for NULL.",
                      "A check for absence asks whether the text is empty."}) {
  StartOptions empty = {.input = "", .version = ""};
  const StartOptions absent = {.input = "", .version = std::nullopt};
  v1::WorkItem next = ContinueAsNewItem("order-1", "");
  next.mutable_continue_as_new()->set_initial_custom_status("");
  v1::WorkItem next_without = ContinueAsNewItem("order-1", "");
  next_without.mutable_continue_as_new()->clear_version();
  const std::vector<v1::WorkItem> messages = {
      StartItem("order-1", empty), StartItem("order-1", absent), next,
      next_without, ExternalItem("order-1", "", "")};
  for (const v1::WorkItem& message : messages) t.Enqueue(message);
  const LockedItem turn = t.FetchOrchestrationItem();
  t.Expect(turn.item().messages(), AreMessages(messages));

  v1::Event started = StartedEvent(1);
  started.mutable_orchestration_started()->set_initial_custom_status("");
  started.mutable_orchestration_started()->mutable_carry_forward_events();
  v1::Event scheduled = ActivityScheduledEvent(2, "", "");
  scheduled.mutable_activity_scheduled()->set_session_id("");
  scheduled.mutable_activity_scheduled()->set_tag("");
  const std::vector<v1::Event> events = {started,
                                         scheduled,
                                         ActivityScheduledEvent(3, "", ""),
                                         CustomStatusEvent(4, ""),
                                         KeyValueSetEvent(5, "", ""),
                                         StartedEvent(6)};
  AckBuilder ack(turn);
  for (const v1::Event& event : events) ack.Append(event);
  t.Ack(ack.Name(kOrchestration)
            .Version(kOrchestrationVersion)
            .Status(v1::ORCHESTRATION_STATUS_COMPLETED)
            .Output(""));
  t.Expect(t.ReadHistory("order-1"), AreEvents("order-1", 1, events));
  v1::GetCustomStatusRequest status;
  status.set_instance("order-1");
  const auto change = t.Do(&Provider::GetCustomStatus, status).change();
  t.Expect(change.has_custom_status(), true);
  t.Expect(change.custom_status(), IsEmpty());
  t.Expect(ValueOf(t, "order-1", ""), Optional(Eq("")));
  if (t.Has(v1::CAPABILITY_ADMIN)) {
    const v1::InstanceInfo info = t.GetInstanceInfo("order-1");
    t.Expect(info.has_output(), true);
    t.Expect(info.output(), IsEmpty());
  }

  const v1::WorkItem tagged = ActivityItem("order-1", 1, {.tag = ""});
  const v1::WorkItem of_session =
      ActivityItem("order-1", 2, {.session_id = ""});
  t.EnqueueWork(tagged);
  t.EnqueueWork(of_session);
  t.Expect(t.TryFetchWorkItem(), NoItem(),
           "one has a tag and the other a session");
  t.Expect(t.FetchWorkItem({.tag_filter = Tags({""})}).item(),
           IsMessage(tagged));
  t.Expect(
      t.FetchWorkItem({.session = SessionsOf("worker-1", t.lock_timeout())})
          .item(),
      IsMessage(of_session));
}

}  // namespace
}  // namespace duroxide::conformance
