#include "conformance/matchers.h"

#include <memory>
#include <ostream>
#include <utility>

#include "conformance/builders.h"
#include "google/protobuf/util/message_differencer.h"

namespace duroxide::conformance {
namespace {

class EqualMessage final
    : public ::testing::MatcherInterface<const google::protobuf::Message&> {
 public:
  explicit EqualMessage(const google::protobuf::Message& expected)
      : expected_(expected.New()) {
    expected_->CopyFrom(expected);
  }

  bool MatchAndExplain(
      const google::protobuf::Message& seen,
      ::testing::MatchResultListener* listener) const override {
    if (seen.GetDescriptor() != expected_->GetDescriptor()) {
      *listener << "which is a " << seen.GetTypeName();
      return false;
    }
    std::string differences;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&differences);
    const bool equal = differencer.Compare(*expected_, seen);
    *listener << differences;
    return equal;
  }

  void DescribeTo(std::ostream* out) const override {
    *out << "is {" << expected_->ShortDebugString() << "}";
  }
  void DescribeNegationTo(std::ostream* out) const override {
    *out << "is not {" << expected_->ShortDebugString() << "}";
  }

 private:
  const std::unique_ptr<google::protobuf::Message> expected_;
};

template <typename Message>
MessageListMatcher AreEqual(const std::vector<Message>& expected) {
  std::vector<MessageMatcher> matchers;
  for (const Message& message : expected) {
    matchers.push_back(IsMessage(message));
  }
  return ::testing::ElementsAreArray(matchers);
}

}  // namespace

MessageMatcher IsMessage(const google::protobuf::Message& expected) {
  return ::testing::MakeMatcher(new EqualMessage(expected));
}

MessageListMatcher AreMessages(const std::vector<v1::WorkItem>& expected) {
  return AreEqual(expected);
}

MessageListMatcher AreEvents(std::string_view instance, uint64_t execution_id,
                             const std::vector<v1::Event>& expected) {
  std::vector<v1::Event> owned;
  owned.reserve(expected.size());
  for (const v1::Event& event : expected) {
    owned.push_back(WithOwner(event, instance, execution_id));
  }
  return AreEqual(owned);
}

}  // namespace duroxide::conformance
