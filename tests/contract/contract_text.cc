#include "tests/contract/contract_text.h"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

namespace duroxide::contract_text {
namespace {

constexpr std::string_view kClauseHeading = "### ";

// The parts of `text` between separators. (Debian's absl::StrSplit does not
// take std::string_view.)
std::vector<std::string_view> Split(std::string_view text,
                                    std::string_view separator) {
  std::vector<std::string_view> parts;
  size_t end;
  while ((end = text.find(separator)) != std::string_view::npos) {
    parts.push_back(text.substr(0, end));
    text.remove_prefix(end + separator.size());
  }
  parts.push_back(text);
  return parts;
}

std::string_view StripSpaces(std::string_view text) {
  const size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

bool IsHeading(std::string_view line) { return line.starts_with('#'); }

// The cells of "| a | b |"; none for a line that is not of a table.
Row CellsOf(std::string_view line) {
  if (line.size() < 2 || !line.starts_with('|') || !line.ends_with('|')) {
    return {};
  }
  Row cells;
  for (std::string_view cell : Split(line.substr(1, line.size() - 2), "|")) {
    cells.emplace_back(StripSpaces(cell));
  }
  return cells;
}

// The line below a table's head: "|---|---|".
bool IsRule(std::string_view line) {
  return line.starts_with("|--") &&
         line.find_first_not_of("|-: ") == std::string_view::npos;
}

Clause ClauseOf(std::string_view heading) {
  static const std::regex& with_id =
      *new std::regex("([A-Z]+-[0-9]+) (.+)", std::regex::optimize);
  const std::string title(heading.substr(kClauseHeading.size()));
  std::smatch parts;
  if (!std::regex_match(title, parts, with_id)) return {"", title, ""};
  return {parts[1], parts[2], ""};
}

}  // namespace

std::string ReadProtoDir(std::string_view path) {
  std::ifstream file(std::string(DUROXIDE_PROTO_DIR "/").append(path));
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(file.is_open() && text.good()) << "cannot read proto/" << path;
  return text.str();
}

std::vector<Clause> Clauses(std::string_view markdown) {
  std::vector<Clause> clauses;
  bool in_clause = false;
  for (std::string_view line : Split(markdown, "\n")) {
    if (IsHeading(line)) {
      in_clause = line.starts_with(kClauseHeading);
      if (in_clause) clauses.push_back(ClauseOf(line));
    } else if (in_clause) {
      clauses.back().text.append(line).append("\n");
    }
  }
  return clauses;
}

std::vector<Row> Tables(std::string_view markdown,
                        std::string_view first_column) {
  std::vector<Row> rows;
  bool wanted = false;
  std::string_view previous;
  for (std::string_view line : Split(markdown, "\n")) {
    const Row cells = CellsOf(line);
    if (IsRule(line)) {
      wanted = CellsOf(previous).front() == first_column;
    } else if (cells.empty()) {
      wanted = false;
    } else if (wanted) {
      rows.push_back(cells);
    }
    previous = line;
  }
  return rows;
}

std::set<std::string> CitedClauses(std::string_view text) {
  static const std::regex& id =
      *new std::regex("\\b[A-Z]+-[0-9]+\\b", std::regex::optimize);
  const std::string copy(text);
  std::set<std::string> ids(
      std::sregex_token_iterator(copy.begin(), copy.end(), id), {});
  ids.erase("UTF-8");  // looks like one
  return ids;
}

std::map<std::string, std::string> ServiceComments(std::string_view proto) {
  static const std::regex& declaration =
      *new std::regex("(?:service|rpc) (\\w+).*", std::regex::optimize);
  std::map<std::string, std::string> comments;
  std::string comment;
  for (std::string_view line : Split(proto, "\n")) {
    line = StripSpaces(line);
    if (line.starts_with("//")) {
      comment.append(line).append("\n");
      continue;
    }
    const std::string copy(line);
    std::smatch parts;
    if (std::regex_match(copy, parts, declaration)) {
      comments[parts[1]] = comment;
    }
    comment.clear();
  }
  return comments;
}

std::string Comments(std::string_view proto) {
  std::string comments;
  for (std::string_view line : Split(proto, "\n")) {
    const size_t begin = line.find("//");
    if (begin == std::string_view::npos) continue;
    comments.append(line.substr(begin)).append("\n");
  }
  return comments;
}

std::set<std::string> ListOf(std::string_view cell) {
  if (cell.empty()) return {};
  const std::vector<std::string_view> parts = Split(cell, ", ");
  return {parts.begin(), parts.end()};
}

}  // namespace duroxide::contract_text
