#include "runtime/replay/mailbox.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace duroxide::runtime {
namespace {

using ::testing::Pointee;
using ::testing::StrEq;

TEST(MailboxTest, TheNthWaitGetsTheNthMessage) {
  Mailbox box;
  box.AddMessage("a");
  box.AddWait(5);
  box.AddWait(9);
  EXPECT_THAT(box.MessageFor(5), Pointee(StrEq("a")));
  EXPECT_EQ(box.MessageFor(9), nullptr);
  box.AddMessage("b");
  EXPECT_THAT(box.MessageFor(9), Pointee(StrEq("b")));
  EXPECT_THAT(box.MessageFor(5), Pointee(StrEq("a")));
}

TEST(MailboxTest, AWaitThatWasGivenUpDoesNotCount) {
  Mailbox box;
  box.AddWait(5);
  box.AddWait(9);
  box.GiveUp(5);
  box.GiveUp(5);
  box.AddMessage("a");
  EXPECT_EQ(box.MessageFor(5), nullptr);
  EXPECT_THAT(box.MessageFor(9), Pointee(StrEq("a")));
}

TEST(MailboxTest, KnowsWhetherSomebodyWaits) {
  Mailbox box;
  EXPECT_FALSE(box.HasOpenWait());
  box.AddWait(5);
  EXPECT_TRUE(box.HasOpenWait());
  box.AddMessage("a");
  EXPECT_FALSE(box.HasOpenWait());
  box.AddWait(9);
  box.GiveUp(9);
  EXPECT_FALSE(box.HasOpenWait());
}

TEST(MailboxTest, KnowsNothingOfOtherWaits) {
  Mailbox box;
  box.AddMessage("a");
  box.GiveUp(3);
  EXPECT_EQ(box.MessageFor(3), nullptr);
}

}  // namespace
}  // namespace duroxide::runtime
