#include "conformance/layout.h"

#include <iomanip>
#include <sstream>
#include <vector>

#include "conformance/clauses.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

constexpr int kLabelWidth = 10;
constexpr size_t kTextWidth = 78;
constexpr std::string_view kMargin = "  ";
constexpr std::string_view kIndent = "  ";

std::string LabelColumn(const Style& style, std::string_view label) {
  const size_t padding = kLabelWidth - std::min<size_t>(label.size(), 9);
  return Concat(kMargin, style.Dim(label), std::string(padding, ' '));
}

std::string EmptyColumn() {
  return Concat(kMargin, std::string(kLabelWidth, ' '));
}

// The lines of a clause's markdown, wrapped by paragraph and list item; tables
// stay as they are.
std::vector<std::string> WrapClause(std::string_view markdown, size_t width) {
  std::vector<std::string> lines;
  std::string paragraph;
  const auto flush = [&] {
    for (std::string& line : Wrap(paragraph, width)) {
      lines.push_back(std::move(line));
    }
    paragraph.clear();
  };
  std::istringstream source{std::string(markdown)};
  for (std::string line; std::getline(source, line);) {
    if (line.empty()) {
      flush();
      lines.emplace_back();
    } else if (line.starts_with('|')) {
      flush();
      lines.push_back(line);
    } else {
      if (line.starts_with("- ")) flush();
      paragraph += line + "\n";
    }
  }
  flush();
  return lines;
}

}  // namespace

void Layout::Paragraph(std::string_view label, std::string_view text) {
  std::string column = LabelColumn(style_, label);
  for (const std::string& line : Wrap(Printable(text), kTextWidth)) {
    out_ << column << line << "\n";
    column = EmptyColumn();
  }
}

void Layout::List(std::string_view label,
                  std::span<const std::string_view> texts) {
  std::string column = LabelColumn(style_, label);
  for (const std::string_view text : texts) {
    std::string_view bullet = "- ";
    for (const std::string& line : Wrap(Printable(text), kTextWidth - 2)) {
      out_ << column << bullet << line << "\n";
      column = EmptyColumn();
      bullet = "  ";
    }
  }
}

void Layout::Line(std::string_view label, std::string_view text) {
  out_ << LabelColumn(style_, label) << Printable(text) << "\n";
}

void Layout::Clauses(std::span<const std::string_view> ids) {
  for (const std::string_view id : ids) {
    const Clause* clause = FindClause(id);
    if (clause == nullptr) {
      Line("clause", id);
      continue;
    }
    Line("clause", Concat(id, " ", clause->title));
    for (const std::string& line : WrapClause(clause->text, kTextWidth - 2)) {
      if (line.empty()) {
        out_ << "\n";
      } else {
        out_ << EmptyColumn() << kIndent << line << "\n";
      }
    }
  }
}

}  // namespace duroxide::conformance
