// The contract is written down twice: as text in proto/CONTRACT.md and as types
// and comments in the .proto files. These tests fail where the two disagree.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "duroxide/provider/testing/v1/test_service.pb.h"
#include "duroxide/provider/v1/admin_service.pb.h"
#include "duroxide/provider/v1/errors.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"
#include "google/protobuf/descriptor.h"
#include "tests/contract/contract_text.h"

namespace duroxide::contract_text {
namespace {

namespace v1 = ::duroxide::provider::v1;
using google::protobuf::FileDescriptor;
using google::protobuf::ServiceDescriptor;
using testing::Contains;
using testing::ElementsAreArray;
using testing::Not;
using testing::UnorderedElementsAreArray;

// Ids are never given twice and never change their place: a new clause gets the
// next number of its group.
constexpr const char* kClauseIds[] = {
    "WIRE-1",  "WIRE-2",  "WIRE-3",  "WIRE-4",  "WIRE-5",    "WIRE-6",
    "WIRE-7",  "WIRE-8",  "WIRE-9",  "WIRE-10", "ENQ-1",     "FETCH-1",
    "FETCH-2", "FETCH-3", "FETCH-4", "FETCH-5", "FETCH-6",   "FETCH-7",
    "FETCH-8", "FETCH-9", "ACK-1",   "ACK-2",   "ACK-3",     "ACK-4",
    "ACK-5",   "ACK-6",   "ACK-7",   "ACK-8",   "ABANDON-1", "RENEW-1",
    "WORK-1",  "WORK-2",  "WORK-3",  "TAG-1",   "SESS-1",    "SESS-2",
    "SESS-3",  "KV-1",    "KV-2",    "KV-3",    "ADMIN-1",   "ADMIN-2",
    "DEL-1",   "DEL-2",   "DEL-3",   "PRUNE-1"};

const FileDescriptor* const kServiceFiles[] = {
    v1::GetProviderInfoRequest::descriptor()->file(),
    v1::ListInstancesRequest::descriptor()->file(),
    provider::testing::v1::CreateStoreRequest::descriptor()->file()};

std::vector<const ServiceDescriptor*> Services() {
  std::vector<const ServiceDescriptor*> services;
  for (const FileDescriptor* file : kServiceFiles) {
    for (int i = 0; i < file->service_count(); ++i) {
      services.push_back(file->service(i));
    }
  }
  return services;
}

// The .proto files of the services and all that they import of the contract.
std::set<std::string> ProtoFiles() {
  std::set<std::string> files{"duroxide/provider/v1/errors.proto"};
  for (const FileDescriptor* file : kServiceFiles) {
    files.insert(file->name());
    for (int i = 0; i < file->dependency_count(); ++i) {
      const std::string& name = file->dependency(i)->name();
      if (name.starts_with("duroxide/")) files.insert(name);
    }
  }
  return files;
}

std::string ShortName(const std::string& enum_value,
                      const std::string& prefix) {
  return std::string(absl::StripPrefix(enum_value, prefix));
}

// The reasons that any method may give, which the table of methods leaves out.
const std::set<std::string>& CommonReasons() {
  static const auto& reasons = *new std::set<std::string>{
      "INVALID_REQUEST",   "STORE_NOT_FOUND",   "STORE_BUSY",
      "MESSAGE_TOO_LARGE", "CAPABILITY_ABSENT", "INTERNAL"};
  return reasons;
}

// The names of an enum's values without their prefix, the first one left out.
std::set<std::string> NamesOf(const google::protobuf::EnumDescriptor* type,
                              const std::string& prefix) {
  std::set<std::string> names;
  for (int i = 1; i < type->value_count(); ++i) {
    names.insert(ShortName(type->value(i)->name(), prefix));
  }
  return names;
}

std::set<std::string> MentionedIn(const std::string& text,
                                  const std::set<std::string>& names,
                                  const std::string& prefix) {
  std::set<std::string> mentioned;
  for (const std::string& name : names) {
    if (text.find(prefix + name) != std::string::npos) mentioned.insert(name);
  }
  return mentioned;
}

class ContractTest : public testing::Test {
 protected:
  const std::string contract_ = ReadProtoDir("CONTRACT.md");
};

TEST_F(ContractTest, HasEveryClauseOnceAndInOrder) {
  std::vector<std::string> ids;
  for (const Clause& clause : Clauses(contract_)) {
    ids.push_back(clause.id.empty() ? clause.title : clause.id);
    EXPECT_FALSE(absl::StripAsciiWhitespace(clause.text).empty())
        << clause.id << " has no text";
  }
  EXPECT_THAT(ids, ElementsAreArray(kClauseIds));
}

TEST_F(ContractTest, CitesOnlyClausesThatExist) {
  for (const std::string& id : CitedClauses(contract_)) {
    EXPECT_THAT(kClauseIds, Contains(id)) << "in CONTRACT.md";
  }
}

TEST_F(ContractTest, ProtoCommentsCiteOnlyClausesThatExist) {
  for (const std::string& file : ProtoFiles()) {
    for (const std::string& id : CitedClauses(Comments(ReadProtoDir(file)))) {
      EXPECT_THAT(kClauseIds, Contains(id)) << "in " << file;
    }
  }
}

TEST_F(ContractTest, TableOfMethodsIsThatOfTheServices) {
  std::vector<std::string> written;
  for (const Row& row : Tables(contract_, "service")) {
    ASSERT_EQ(row.size(), 5u);
    written.push_back(absl::StrCat(row[0], ".", row[1]));
  }
  std::vector<std::string> declared;
  for (const ServiceDescriptor* service : Services()) {
    for (int i = 0; i < service->method_count(); ++i) {
      declared.push_back(
          absl::StrCat(service->name(), ".", service->method(i)->name()));
    }
  }
  EXPECT_THAT(written, ElementsAreArray(declared));
}

TEST_F(ContractTest, TableOfMethodsAgreesWithTheirComments) {
  std::map<std::string, std::string> comments;
  for (const FileDescriptor* file : kServiceFiles) {
    comments.merge(ServiceComments(ReadProtoDir(file->name())));
  }
  const std::set<std::string> reasons =
      NamesOf(v1::ErrorReason_descriptor(), "ERROR_REASON_");
  const std::set<std::string> capabilities =
      NamesOf(v1::Capability_descriptor(), "CAPABILITY_");
  for (const Row& row : Tables(contract_, "service")) {
    SCOPED_TRACE(absl::StrCat(row[0], ".", row[1]));
    const std::string& comment = comments[row[1]];
    std::set<std::string> needs =
        MentionedIn(comment, capabilities, "CAPABILITY_");
    if (needs.empty()) {
      needs = MentionedIn(comments[row[0]], capabilities, "CAPABILITY_");
    }
    EXPECT_THAT(ListOf(row[2]), UnorderedElementsAreArray(needs));

    std::set<std::string> own = MentionedIn(comment, reasons, "");
    for (const std::string& common : CommonReasons()) own.erase(common);
    EXPECT_THAT(ListOf(row[3]), UnorderedElementsAreArray(own));

    for (const std::string& id : CitedClauses(comment)) {
      EXPECT_THAT(kClauseIds, Contains(id));
    }
    EXPECT_THAT(CitedClauses(row[4]), Not(testing::IsEmpty()));
  }
}

TEST_F(ContractTest, TableOfErrorsIsThatOfTheEnum) {
  std::vector<std::string> written;
  for (const Row& row : Tables(contract_, "reason")) {
    ASSERT_EQ(row.size(), 4u);
    written.push_back(absl::StrJoin(row, " | "));
  }
  std::vector<std::string> declared;
  const auto* reasons = v1::ErrorReason_descriptor();
  for (int i = 1; i < reasons->value_count(); ++i) {
    ASSERT_TRUE(reasons->value(i)->options().HasExtension(v1::reason_rule))
        << reasons->value(i)->name();
    const v1::ReasonRule& rule =
        reasons->value(i)->options().GetExtension(v1::reason_rule);
    declared.push_back(absl::StrFormat(
        "%s | %s (%d) | %s | %s",
        ShortName(reasons->value(i)->name(), "ERROR_REASON_"),
        absl::StatusCodeToString(static_cast<absl::StatusCode>(rule.code())),
        rule.code(), rule.retryable() ? "yes" : "no", rule.meaning()));
  }
  EXPECT_THAT(written, ElementsAreArray(declared));
}

TEST_F(ContractTest, DescribesEveryCapability) {
  std::vector<std::string> described;
  for (const Row& row : Tables(contract_, "capability")) {
    described.push_back(row[0]);
    EXPECT_FALSE(row.back().empty()) << row[0];
  }
  EXPECT_THAT(described, UnorderedElementsAreArray(NamesOf(
                             v1::Capability_descriptor(), "CAPABILITY_")));
}

TEST_F(ContractTest, DescribesEveryTagMode) {
  std::vector<std::string> described;
  for (const Row& row : Tables(contract_, "mode")) described.push_back(row[0]);
  EXPECT_THAT(described, UnorderedElementsAreArray(NamesOf(
                             v1::TagFilter::Mode_descriptor(), "MODE_")));
}

}  // namespace
}  // namespace duroxide::contract_text
