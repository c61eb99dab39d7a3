#include "conformance/text.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"

namespace duroxide::conformance {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PrintableTest, KeepsText) {
  EXPECT_EQ(Printable("order-1 \"ä€😀\""), "order-1 \"ä€😀\"");
}

TEST(PrintableTest, WritesOutWhatSteersATerminal) {
  EXPECT_EQ(Printable("a\x1b[31mb"), "a\\u001b[31mb");
  EXPECT_EQ(Printable("a\nb\tc\r"), "a\\nb\\u0009c\\u000d");
  EXPECT_EQ(Printable(std::string_view("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(Printable("\x7f"), "\\u007f");
  // A one-byte control sequence introducer, in its UTF-8 form.
  EXPECT_EQ(Printable("\xc2\x9b"
                      "31m"),
            "\\u009b31m");
  // A mark that turns the direction of what follows.
  EXPECT_EQ(Printable("\u202e"), "\\u202e");
}

TEST(PrintableTest, WritesOutBytesThatAreNoUtf8) {
  EXPECT_EQ(Printable("\xff"), "\\xff");
  EXPECT_EQ(Printable("a\xc3"), "a\\xc3");
  EXPECT_EQ(Printable("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(Printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
  EXPECT_EQ(Printable("\xf5\x80\x80\x80"), "\\xf5\\x80\\x80\\x80");
}

TEST(WrapTest, BreaksAtBlanks) {
  EXPECT_THAT(Wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(Wrap("one\ntwo", 20), ElementsAre("one two"));
  EXPECT_THAT(Wrap("unbreakable", 3), ElementsAre("unbreakable"));
  EXPECT_THAT(Wrap(" ", 3), IsEmpty());
}

TEST(ShellQuotedTest, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(ShellQuoted("unix:/tmp/a_b-c.sock"), "unix:/tmp/a_b-c.sock");
  EXPECT_EQ(ShellQuoted("a b"), "'a b'");
  EXPECT_EQ(ShellQuoted("it's *"), "'it'\\''s *'");
  EXPECT_EQ(ShellQuoted(""), "''");
}

TEST(JoinTest, PutsTheSeparatorBetween) {
  EXPECT_EQ(Join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
  EXPECT_EQ(Join(std::vector<std::string>{}, ", "), "");
}

}  // namespace
}  // namespace duroxide::conformance
