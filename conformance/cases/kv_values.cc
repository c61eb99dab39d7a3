// What texts keys and values may be.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "conformance/case.h"
#include "conformance/cases/kv_steps.h"
#include "conformance/cases/running_instance.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"

namespace duroxide::conformance {
namespace {

using ::testing::Eq;
using ::testing::Optional;

CONFORMANCE_CASE(
    kv_store, kv_empty_value, .upstream = "test_kv_empty_value",
    .clauses = {"KV-3", "WIRE-9"},
    .proves =
        "The empty value is a value: read, listed and handed to the next "
        "execution, and different from a key that is not there.",
    .procedure =
        "Set a key to the empty value: it reads as empty, another key as "
        "absent, and it is listed. Overwrite another key's value by the empty "
        "one: it is empty. Continue as new: both are in the snapshot. Clear "
        "one: it is absent.",
    .likely_causes = {"Empty is stored as absent, or taken for cleared.",
                      "The empty value is left out of lists or snapshots."}) {
  RunningInstance order(t, "order-1");
  order.Turn({Set("blank", ""), Set("color", "red")});
  t.Expect(ValueOf(t, "order-1", "blank"), Optional(Eq("")));
  t.Expect(ValueOf(t, "order-1", "other"), Eq(std::nullopt));
  order.Turn({Set("color", "")});
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("")));
  t.Expect(ValuesOf(t, "order-1"), KeyValues{{"blank", ""}, {"color", ""}});

  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues{{"blank", ""}, {"color", ""}});
  order.Turn({Clear("blank")});
  t.Expect(ValueOf(t, "order-1", "blank"), Eq(std::nullopt));
  t.Expect(ValueOf(t, "order-1", "color"), Optional(Eq("")));
}

CONFORMANCE_CASE(
    kv_store, kv_large_value, .upstream = "test_kv_large_value",
    .clauses = {"KV-3", "WIRE-9"},
    .proves =
        "Values of 16 KiB and of 1 MiB are stored and given back to the last "
        "byte, in reads, in lists and in the snapshot.",
    .procedure =
        "Set a key to 16 KiB and one to 1 MiB, in characters of one, two and "
        "three bytes. Read both, list both, continue as new and look at the "
        "snapshot: each is as it was given. Overwrite the larger one by a "
        "small value: it is small.",
    .likely_causes = {
        "The column that holds the value has a limit.",
        "Values are cut in the middle of a character.",
        "Lists and snapshots hold the beginning of a value only."}) {
  const auto text_of = [](size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += "a\u00e9\u20ac";
    return text;
  };
  const std::string large = text_of(16 << 10);
  const std::string larger = text_of(1 << 20);
  // Compared as a whole, so that a failure does not print all of it.
  const auto are_both = [&](const KeyValues& seen) {
    return seen == KeyValues{{"large", large}, {"larger", larger}};
  };
  RunningInstance order(t, "order-1");
  order.Turn({Set("large", large), Set("larger", larger)});
  t.Expect(ValueOf(t, "order-1", "large") == large, true, "read, 16 KiB");
  t.Expect(ValueOf(t, "order-1", "larger") == larger, true, "read, 1 MiB");
  t.Expect(are_both(ValuesOf(t, "order-1")), true, "listed");
  t.Expect(are_both(SnapshotOf(order.ContinueAsNew())), true, "snapshot");

  order.Turn({Set("larger", "small")});
  t.Expect(ValueOf(t, "order-1", "larger"), Optional(Eq("small")));
  t.Expect(ValueOf(t, "order-1", "large") == large, true, "read at the end");
}

CONFORMANCE_CASE(
    kv_store, kv_special_chars_in_key,
    .upstream = "test_kv_special_chars_in_key",
    .clauses = {"KV-3", "KV-1", "WIRE-9"},
    .proves =
        "A key is any text and is found by exactly that text. Lists are in the "
        "order of the keys' bytes.",
    .procedure =
        "Set keys with blanks, dots, slashes, quotes, wildcards, line breaks, "
        "other scripts, the same letter in two forms, and the empty key. Each "
        "reads its own value, all are listed by their bytes, and so they are "
        "in the next execution's snapshot. Clear each second one: the others "
        "stay.",
    .likely_causes = {
        "Keys are trimmed, folded or normalized.",
        "Keys are put into a query, a path or a pattern unescaped.",
        "Lists are in the order of a language instead of that of the bytes."}) {
  const std::vector<std::string> keys = {
      "key with spaces", " key with spaces ", "dotted.key.name",
      "path/like/key", "back\\slash", "quo'te", "quo\"te", "50%", "_", "*",
      "line\nbreak", "tab\tkey", "Zebra", "apple", "\u30ad\u30fc",
      // The letter e with an accent, as one character and as two.
      "\u00e9", "e\u0301", "\U0001F389", "", std::string(1'000, 'k')};
  std::vector<v1::Event> sets;
  std::vector<v1::Event> clears;
  std::map<std::string, std::string> all;
  std::map<std::string, std::string> kept;
  for (const std::string& key : keys) {
    const std::string value = "value of " + key;
    sets.push_back(Set(key, value));
    all[key] = value;
    if (sets.size() % 2 == 0) {
      clears.push_back(Clear(key));
    } else {
      kept[key] = value;
    }
  }
  RunningInstance order(t, "order-1");
  order.Turn(sets);
  for (const auto& [key, value] : all) {
    t.Expect(ValueOf(t, "order-1", key), Optional(Eq(value)), "key \"", key,
             "\"");
  }
  t.Expect(ValuesOf(t, "order-1"), KeyValues(all.begin(), all.end()));
  t.Expect(SnapshotOf(order.ContinueAsNew()),
           KeyValues(all.begin(), all.end()));

  order.Turn(clears);
  t.Expect(ValuesOf(t, "order-1"), KeyValues(kept.begin(), kept.end()));
}

}  // namespace
}  // namespace duroxide::conformance
