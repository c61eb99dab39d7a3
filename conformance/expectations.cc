#include "conformance/expectations.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "conformance/selection.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr std::string_view kForm =
    "write PATTERN | REASON | OWNER | until YYYY-MM-DD";
constexpr size_t kFields = 4;

// "until 2026-12-31"
std::optional<absl::CivilDay> ParseUntil(std::string_view text) {
  constexpr std::string_view kUntil = "until ";
  if (!text.starts_with(kUntil)) return std::nullopt;
  text.remove_prefix(kUntil.size());
  absl::CivilDay day;
  // ParseCivilTime takes shorter forms, too.
  constexpr size_t kLength = std::string_view("YYYY-MM-DD").size();
  const std::string trimmed(absl::StripAsciiWhitespace(std::string(text)));
  if (trimmed.size() != kLength || !absl::ParseCivilTime(trimmed, &day)) {
    return std::nullopt;
  }
  return day;
}

absl::StatusOr<ExpectationEntry> ParseEntry(const std::string& line,
                                            Expectation::Kind kind,
                                            const std::string& where) {
  const auto refuse = [&](std::string_view why) {
    return absl::InvalidArgumentError(Concat(where, ": ", why, "; ", kForm));
  };
  std::vector<std::string> fields = absl::StrSplit(line, '|');
  if (fields.size() != kFields) {
    return refuse(Concat("has ", fields.size(), " fields and not ", kFields));
  }
  for (std::string& field : fields) absl::StripAsciiWhitespace(&field);
  const std::vector<std::string_view> names = {"pattern", "reason", "owner"};
  for (size_t i = 0; i < names.size(); ++i) {
    if (fields[i].empty()) return refuse(Concat("has no ", names[i]));
  }
  const std::optional<absl::CivilDay> until = ParseUntil(fields[3]);
  if (!until) return refuse(Concat("\"", fields[3], "\" is no expiry date"));
  return ExpectationEntry{.pattern = fields[0],
                          .expectation = {.kind = kind,
                                          .reason = fields[1],
                                          .owner = fields[2],
                                          .until = *until},
                          .where = where};
}

const ExpectationEntry* EntryOf(const std::vector<ExpectationEntry>& entries,
                                const Case& of) {
  const auto found = std::find_if(
      entries.begin(), entries.end(),
      [&](const auto& entry) { return Matches(entry.pattern, of); });
  return found == entries.end() ? nullptr : &*found;
}

std::vector<std::string> ProblemsOf(
    const std::vector<ExpectationEntry>& entries, std::span<const Case> cases,
    absl::CivilDay today) {
  std::vector<std::string> problems;
  for (const ExpectationEntry& entry : entries) {
    if (entry.expectation.until < today) {
      problems.push_back(Concat(
          entry.where, ": ", entry.pattern, " expired on ",
          absl::FormatCivilTime(entry.expectation.until), ", ask ",
          entry.expectation.owner, "; remove the entry or give a later day"));
    }
    bool named = false;
    for (const Case& one : cases) {
      if (!Matches(entry.pattern, one)) continue;
      named = true;
      const ExpectationEntry* first = EntryOf(entries, one);
      if (first == &entry) continue;
      problems.push_back(Concat(entry.where, ": ", one.id(),
                                " is named already by ", first->where));
      break;
    }
    if (!named) {
      problems.push_back(Concat(entry.where, ": no case has the name or ",
                                "category ", entry.pattern,
                                "; `duroxide-compat list` shows all of them"));
    }
  }
  return problems;
}

}  // namespace

absl::StatusOr<std::vector<ExpectationEntry>> ParseExpectations(
    std::string_view list, Expectation::Kind kind, const std::string& name) {
  std::vector<ExpectationEntry> entries;
  std::istringstream lines{std::string(list)};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    absl::StripAsciiWhitespace(&line);
    if (line.empty() || line.starts_with('#')) continue;
    absl::StatusOr<ExpectationEntry> entry =
        ParseEntry(line, kind, Concat(name, ":", number));
    if (!entry.ok()) return entry.status();
    entries.push_back(*std::move(entry));
  }
  return entries;
}

absl::StatusOr<std::vector<ExpectationEntry>> ReadExpectations(
    const std::string& path, Expectation::Kind kind, std::string_view flag) {
  std::ifstream file(path);
  std::ostringstream text;
  // Nothing is written where the file is empty, which is no failure of it.
  if (file.is_open() && file.peek() != std::ifstream::traits_type::eof()) {
    text << file.rdbuf();
  }
  if (!file.is_open() || file.bad()) {
    return absl::InvalidArgumentError(
        Concat(flag, " ", path, ": the file cannot be read"));
  }
  auto entries = ParseExpectations(text.str(), kind, path);
  if (entries.ok()) return entries;
  return absl::InvalidArgumentError(
      Concat(flag, " ", entries.status().message()));
}

absl::StatusOr<Expectations> Expectations::Make(
    std::vector<ExpectationEntry> entries, std::span<const Case> cases,
    absl::CivilDay today) {
  const std::vector<std::string> problems = ProblemsOf(entries, cases, today);
  if (!problems.empty()) {
    return absl::InvalidArgumentError(
        Concat("the lists of expectations are out of date:\n  ",
               Join(problems, "\n  ")));
  }
  Expectations made;
  made.entries_ = std::move(entries);
  return made;
}

void Expectations::ApplyTo(RunResult& run) const {
  for (CaseResult& result : run.cases) {
    const ExpectationEntry* entry = EntryOf(entries_, *result.of);
    if (entry != nullptr) result.expectation = entry->expectation;
  }
}

}  // namespace duroxide::conformance
