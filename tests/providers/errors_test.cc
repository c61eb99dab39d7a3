#include "providers/errors.h"

#include <google/protobuf/any.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace duroxide {
namespace {

namespace v1 = provider::v1;

std::vector<v1::ErrorReason> AllReasons() {
  std::vector<v1::ErrorReason> reasons;
  const auto* descriptor = v1::ErrorReason_descriptor();
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const int number = descriptor->value(i)->number();
    if (number != v1::ERROR_REASON_UNSPECIFIED) {
      reasons.push_back(static_cast<v1::ErrorReason>(number));
    }
  }
  return reasons;
}

class ReasonTest : public testing::TestWithParam<v1::ErrorReason> {};

TEST_P(ReasonTest, HasACodeAndAMeaning) {
  EXPECT_GT(RuleOf(GetParam()).code(), 0);
  EXPECT_LE(RuleOf(GetParam()).code(), 16);
  EXPECT_FALSE(RuleOf(GetParam()).meaning().empty());
}

TEST_P(ReasonTest, SurvivesTheWire) {
  const absl::Status sent = MakeError(GetParam(), "what is wrong");
  const absl::Status received = FromWire(ToWire(sent, "AckWorkItem"));

  EXPECT_EQ(static_cast<int>(received.code()), RuleOf(GetParam()).code());
  EXPECT_EQ(received.message(), "what is wrong");
  EXPECT_EQ(ReasonOf(received), GetParam());
  EXPECT_EQ(IsRetryable(received), RuleOf(GetParam()).retryable());
  ASSERT_TRUE(HasDetail(received));
  EXPECT_EQ(DetailOf(received).operation(), "AckWorkItem");
  EXPECT_EQ(DetailOf(received).message(), "what is wrong");
}

INSTANTIATE_TEST_SUITE_P(All, ReasonTest, testing::ValuesIn(AllReasons()),
                         [](const auto& reason) {
                           return std::string(ReasonName(reason.param));
                         });

TEST(ErrorsTest, OnlyABusyStoreIsWorthTryingAgain) {
  for (const v1::ErrorReason reason : AllReasons()) {
    EXPECT_EQ(RuleOf(reason).retryable(), reason == v1::ERROR_REASON_STORE_BUSY)
        << ReasonName(reason);
  }
}

TEST(ErrorsTest, NamesAreAsPeopleWriteThem) {
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_LOCK_LOST), "LOCK_LOST");
  EXPECT_EQ(ReasonName(v1::ERROR_REASON_UNSPECIFIED), "UNSPECIFIED");
  EXPECT_EQ(ReasonName(static_cast<v1::ErrorReason>(999)), "UNSPECIFIED");
}

TEST(ErrorsTest, OkStaysOk) {
  EXPECT_TRUE(ToWire(absl::OkStatus(), "X").ok());
  EXPECT_TRUE(FromWire(grpc::Status::OK).ok());
  EXPECT_FALSE(IsRetryable(absl::OkStatus()));
}

// Others read the trailer as google.rpc.Status: int32 code = 1, string message
// = 2, repeated Any details = 3. Read by number here, without our own message.
TEST(ErrorsTest, TheTrailerIsAGoogleRpcStatus) {
  const grpc::Status wire =
      ToWire(MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"), "AckWorkItem");
  google::protobuf::UnknownFieldSet fields;
  ASSERT_TRUE(fields.ParseFromString(wire.error_details()));
  ASSERT_EQ(fields.field_count(), 3);
  EXPECT_EQ(fields.field(0).number(), 1);
  EXPECT_EQ(fields.field(0).varint(), 9u);  // FAILED_PRECONDITION
  EXPECT_EQ(fields.field(1).number(), 2);
  EXPECT_EQ(fields.field(1).length_delimited(), "gone");
  EXPECT_EQ(fields.field(2).number(), 3);
  google::protobuf::Any any;
  ASSERT_TRUE(any.ParseFromString(fields.field(2).length_delimited()));
  EXPECT_EQ(any.type_url(),
            "type.googleapis.com/duroxide.provider.v1.ErrorDetail");
}

TEST(ErrorsTest, AStatusWithoutAReasonLeavesAsInternal) {
  const grpc::Status wire = ToWire(absl::UnknownError("oops"), "ReadHistory");
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  const v1::ErrorDetail detail = DetailOf(FromWire(wire));
  EXPECT_EQ(detail.reason(), v1::ERROR_REASON_INTERNAL);
  EXPECT_EQ(detail.message(), "oops");
}

TEST(ErrorsTest, WithoutADetailTheCodeDecidesOnRetries) {
  const std::map<grpc::StatusCode, bool> retryable = {
      {grpc::StatusCode::UNAVAILABLE, true},
      {grpc::StatusCode::DEADLINE_EXCEEDED, true},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, true},
      {grpc::StatusCode::ABORTED, true}};
  for (int code = 1; code <= 16; ++code) {
    const auto grpc_code = static_cast<grpc::StatusCode>(code);
    const absl::Status status = FromWire(grpc::Status(grpc_code, "m"));
    EXPECT_EQ(IsRetryable(status), retryable.contains(grpc_code)) << code;
    EXPECT_FALSE(HasDetail(status));
    EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_UNSPECIFIED);
    EXPECT_EQ(DetailOf(status).message(), "m");
  }
}

TEST(ErrorsTest, TheTrailerIsKeptAsItCame) {
  const grpc::Status wire =
      ToWire(MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"), "AckWorkItem");
  const std::optional<v1::Status> trailer = TrailerOf(FromWire(wire));
  ASSERT_TRUE(trailer.has_value());
  EXPECT_EQ(trailer->SerializeAsString(), wire.error_details());
  EXPECT_FALSE(TrailerOf(FromWire(grpc::Status(grpc::StatusCode::ABORTED, "m")))
                   .has_value());
  EXPECT_FALSE(TrailerOf(absl::AbortedError("m")).has_value());
}

TEST(ErrorsTest, ADetailThatCannotBeReadIsNone) {
  const absl::Status status =
      FromWire(grpc::Status(grpc::StatusCode::ABORTED, "m", "\xff no message"));
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_FALSE(HasDetail(status));
}

TEST(ErrorsTest, AFieldIsNamedFirst) {
  const absl::Status status = InvalidField("item.kind", "is not set");
  EXPECT_EQ(status.message(), "item.kind: is not set");
  EXPECT_EQ(ReasonOf(status), v1::ERROR_REASON_INVALID_REQUEST);
}

}  // namespace
}  // namespace duroxide
