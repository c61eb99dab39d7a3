#include "runtime/dispatch/calls.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/runtime/dispatch/dispatch_test.h"

namespace duroxide::runtime {
namespace {

class CallsTest : public DispatchTest {
 protected:
  void Ack(bool may_repeat) {
    v1::AckWorkItemRequest request;
    request.set_lock_token("token");
    SendUntilAnswered(
        environment_, &Provider::AckWorkItem, std::move(request),
        [may_repeat] { return may_repeat; },
        [this](absl::Status status, v1::AckWorkItemRequest&) {
          answer_.set_value(std::move(status));
        });
  }

  HeldCalls<v1::AckWorkItemRequest, v1::AckWorkItemResponse> acks_{
      *fake_, "AckWorkItem"};
  std::promise<absl::Status> answer_;
};

TEST_F(CallsTest, ABusyStoreIsSentTheVerySameRequest) {
  Ack(true);
  const auto first = acks_.Next();
  EXPECT_EQ(first->request().store(), "store");
  EXPECT_EQ(first->request().lock_token(), "token");
  EXPECT_FALSE(first->request().request_id().empty());
  first->Answer(Busy());
  const auto second = acks_.Next();
  EXPECT_EQ(second->request().SerializeAsString(),
            first->request().SerializeAsString());
  second->Answer(Busy());
  acks_.Next()->Answer(absl::OkStatus());
  EXPECT_TRUE(answer_.get_future().get().ok());
}

TEST_F(CallsTest, APermanentErrorIsTheAnswer) {
  Ack(true);
  acks_.Next()->Answer(Lost());
  EXPECT_EQ(answer_.get_future().get(), Lost());
  EXPECT_EQ(acks_.count(), 1);
}

TEST_F(CallsTest, ItIsNotRepeatedWhereItNeedNotBe) {
  Ack(false);
  acks_.Next()->Answer(Busy());
  EXPECT_EQ(answer_.get_future().get(), Busy());
}

TEST_F(CallsTest, ItIsNotRepeatedOnceTheRuntimeGivesUp) {
  Ack(true);
  environment_.give_up.request_stop();
  acks_.Next()->Answer(Busy());
  EXPECT_EQ(answer_.get_future().get(), Busy());
}

TEST_F(CallsTest, WhatIsUnderWayIsCounted) {
  Ack(true);
  EXPECT_FALSE(environment_.calls.WaitUntilNone(absl::ZeroDuration()));
  acks_.Next()->Answer(absl::OkStatus());
  EXPECT_TRUE(environment_.calls.WaitUntilNone(absl::InfiniteDuration()));
}

}  // namespace
}  // namespace duroxide::runtime
