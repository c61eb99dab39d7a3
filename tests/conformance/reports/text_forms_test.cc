// Hostile text in each format.

#include <string>
#include <string_view>

#include "conformance/reports/clause_html.h"
#include "conformance/reports/markdown_text.h"
#include "conformance/reports/xml_text.h"
#include "conformance/tally.h"
#include "conformance/utf8.h"
#include "conformance/words.h"
#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(XmlTextTest, KeepsWhatXmlCanHold) {
  EXPECT_EQ(XmlText("a\tb\nc ä€😀"), "a\tb\nc ä€😀");
  EXPECT_EQ(XmlText("\xc2\x85\x7f"), "\xc2\x85\x7f");
}

TEST(XmlTextTest, WritesMarkupAsReferences) {
  EXPECT_EQ(XmlText("<a b=\"c\">'&]]>"),
            "&lt;a b=&quot;c&quot;&gt;&#39;&amp;]]&gt;");
}

TEST(XmlTextTest, EscapesWhatXmlCannotHold) {
  EXPECT_EQ(XmlText(std::string_view("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(XmlText("\x1b[31m\r"), "\\u001b[31m\\u000d");
  EXPECT_EQ(XmlText("\xef\xbf\xbe"), "\\ufffe");
  EXPECT_EQ(XmlText("\xff\xed\xa0\x80"), "\\xff\\xed\\xa0\\x80");
}

TEST(XmlTextTest, KeepsBreaksOfAttributes) {
  EXPECT_EQ(XmlAttribute("a\nb\tc"), "a&#10;b&#9;c");
}

TEST(HtmlTextTest, ShowsWhatWouldHideOrTurnText) {
  EXPECT_EQ(HtmlText("<b>\u202e\x1b\n"), "&lt;b&gt;\\u202e\\u001b\\n");
  EXPECT_EQ(HtmlLines("a\nb\u2066"), "a\nb\\u2066");
}

TEST(MarkdownTextTest, LeavesNoMarkup) {
  EXPECT_EQ(MarkdownText("plain text, order-1 (2)"), "plain text, order-1 (2)");
  EXPECT_EQ(MarkdownText("a|b`c<d>"), "a&#124;b&#96;c&#60;d&#62;");
  EXPECT_EQ(MarkdownText("[x](y) **z** _u_ &amp;"),
            "&#91;x&#93;(y) &#42;&#42;z&#42;&#42; &#95;u&#95; &#38;amp;");
  EXPECT_EQ(MarkdownText("- no item"), "&#45; no item");
  EXPECT_EQ(MarkdownText("1. no item"), "1&#46; no item");
  EXPECT_EQ(MarkdownText("12) no item"), "12&#41; no item");
  EXPECT_EQ(MarkdownText("a\n# b"), "a&#92;n&#35; b");
}

TEST(MarkdownTextTest, LeavesWordsAndFiguresAsTheyAre) {
  for (const char* text : {"0.9", "1 of 2.", "LOCK_LOST: lock_token", "1.0."}) {
    EXPECT_EQ(MarkdownText(text), text);
  }
  EXPECT_EQ(MarkdownText("_a_b c_ _"), "&#95;a_b c&#95; &#95;");
  EXPECT_EQ(MarkdownText(":bug: http://a"), "&#58;bug: http&#58;//a");
}

TEST(MarkdownBlockTest, IsNotEndedByItsText) {
  EXPECT_EQ(MarkdownBlock("a"), "```text\na\n```\n");
  EXPECT_EQ(MarkdownBlock("```\n````x\n"), "`````text\n```\n````x\n`````\n");
  EXPECT_EQ(MarkdownBlock("\x1b"), "```text\n\\u001b\n```\n");
}

TEST(ClauseHtmlTest, HasParagraphsListsAndTables) {
  EXPECT_EQ(ClauseHtml("one\ntwo\n\nthree"), "<p>one\ntwo</p><p>three</p>");
  EXPECT_EQ(ClauseHtml("a:\n\n- b\n  c\n- d\n\ne"),
            "<p>a:</p><ul><li>b\nc</li><li>d</li></ul><p>e</p>");
  EXPECT_EQ(ClauseHtml("| a | b |\n|---|---|\n| c | |\n"),
            "<table><tr><th scope=\"col\">a</th><th scope=\"col\">b</th></tr>"
            "<tr><td>c</td><td></td></tr></table>");
}

TEST(ClauseHtmlTest, HasCodeEmphasisAndTheTextOfLinks) {
  EXPECT_EQ(ClauseHtml("an *item* is `a*b*c` **now**"),
            "<p>an <em>item</em> is <code>a*b*c</code> "
            "<strong>now</strong></p>");
  EXPECT_EQ(ClauseHtml("see [The\nmodel](#the-model)"),
            "<p>see The\nmodel</p>");
}

TEST(ClauseHtmlTest, LetsNoMarkupThrough) {
  EXPECT_EQ(ClauseHtml("a < b & `<i>`"),
            "<p>a &lt; b &amp; <code>&lt;i&gt;</code></p>");
  EXPECT_EQ(ClauseHtml("an open ` tick"), "<p>an open <code> tick</code></p>");
}

TEST(CutAtCharacterTest, KeepsCharactersWhole) {
  EXPECT_EQ(CutAtCharacter("abc", 5), "abc");
  EXPECT_EQ(CutAtCharacter("abc", 2), "ab");
  EXPECT_EQ(CutAtCharacter("a€b", 2), "a");
  EXPECT_EQ(CutAtCharacter("a€b", 4), "a€");
  EXPECT_EQ(CutAtCharacter("€", 1), "");
}

TEST(PercentTextTest, IsOneHundredOnlyForAll) {
  EXPECT_EQ(PercentText({.passed = 3, .applicable = 3}), "100.0 %");
  EXPECT_EQ(PercentText({.passed = 9999, .applicable = 10000}), "99.9 %");
  EXPECT_EQ(PercentText({.passed = 0, .applicable = 3}), "0.0 %");
  EXPECT_EQ(PercentText({.passed = 0, .applicable = 0}), "-");
}

TEST(HeadlineTest, IsShort) {
  static const Case one = {.category = "a", .name = "b"};
  CaseResult result = {.of = &one, .verdict = Verdict::kFailed};
  result.failure = Failure{.expected = std::string(5000, 'x'), .seen = "y"};
  EXPECT_THAT(Headline(result), StartsWith("expected xxx"));
  EXPECT_THAT(Headline(result), HasSubstr("x...; seen y"));
  EXPECT_LT(Headline(result).size(), 500u);
}

}  // namespace
}  // namespace duroxide::conformance
