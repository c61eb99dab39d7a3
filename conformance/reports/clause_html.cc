#include "conformance/reports/clause_html.h"

#include <algorithm>
#include <regex>
#include <sstream>
#include <vector>

#include "conformance/reports/xml_text.h"
#include "conformance/text.h"

namespace duroxide::conformance {
namespace {

// Code, emphasis and links within one paragraph. What is in code is code, so
// the text is cut at the backticks first.
std::string Inline(std::string_view text) {
  static const std::regex link(R"(\[([^\]]*)\]\([^)]*\))");
  static const std::regex strong(R"(\*\*([^*]+)\*\*)");
  static const std::regex emphasis(R"(\*([^*]+)\*)");
  std::string html;
  bool code = false;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('`', begin), text.size());
    const std::string part = HtmlLines(text.substr(begin, end - begin));
    if (code) {
      html += Concat("<code>", part, "</code>");
    } else {
      std::string prose = std::regex_replace(part, link, "$1");
      prose = std::regex_replace(prose, strong, "<strong>$1</strong>");
      html += std::regex_replace(prose, emphasis, "<em>$1</em>");
    }
    code = !code;
    begin = end + 1;
  }
  return html;
}

std::vector<std::string> Cells(std::string_view row) {
  std::vector<std::string> cells;
  row.remove_prefix(1);
  while (!row.empty()) {
    const size_t end = row.find('|');
    if (end == std::string_view::npos) break;
    cells.push_back(Join(Wrap(row.substr(0, end), std::string::npos), ""));
    row.remove_prefix(end + 1);
  }
  return cells;
}

// Reads line by line and closes what a line ends.
class Renderer {
 public:
  void Add(const std::string& line) {
    if (line.empty()) {
      EndParagraph();
    } else if (line.starts_with('|')) {
      AddRow(line);
    } else if (line.starts_with("- ")) {
      EndParagraph();
      Enter("ul");
      paragraph_ = line.substr(2);
    } else if (open_ == "ul" && !paragraph_.empty() && line.starts_with("  ")) {
      paragraph_ += Concat("\n", line.substr(2));
    } else {
      if (!open_.empty()) {
        EndParagraph();
        Enter("");
      }
      paragraph_ += Concat(paragraph_.empty() ? "" : "\n", line);
    }
  }

  std::string End() {
    EndParagraph();
    Enter("");
    return std::move(html_);
  }

 private:
  void AddRow(const std::string& line) {
    if (line.starts_with("|-")) return;
    EndParagraph();
    const bool head = open_ != "table";
    Enter("table");
    html_ += "<tr>";
    for (const std::string& cell : Cells(line)) {
      html_ += head ? Concat("<th scope=\"col\">", Inline(cell), "</th>")
                    : Concat("<td>", Inline(cell), "</td>");
    }
    html_ += "</tr>";
  }

  void EndParagraph() {
    if (paragraph_.empty()) return;
    const std::string_view tag = open_ == "ul" ? "li" : "p";
    html_ += Concat("<", tag, ">", Inline(paragraph_), "</", tag, ">");
    paragraph_.clear();
  }

  // Makes `element` the open one; "" is none.
  void Enter(std::string_view element) {
    if (open_ == element) return;
    if (!open_.empty()) html_ += Concat("</", open_, ">");
    if (!element.empty()) html_ += Concat("<", element, ">");
    open_ = element;
  }

  std::string html_;
  std::string_view open_;
  std::string paragraph_;
};

}  // namespace

std::string ClauseHtml(std::string_view markdown) {
  Renderer renderer;
  std::istringstream lines{std::string(markdown)};
  for (std::string line; std::getline(lines, line);) renderer.Add(line);
  return renderer.End();
}

}  // namespace duroxide::conformance
