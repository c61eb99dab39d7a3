#include "server/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "duroxide/provider/v1/errors.pb.h"
#include "duroxide/provider/v1/provider_service.pb.h"

namespace duroxide::server {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;

// The names of the files of an answer.
std::vector<std::string> Files(const reflection::Response& response) {
  std::vector<std::string> names;
  for (const std::string& bytes :
       response.file_descriptor_response().file_descriptor_proto()) {
    google::protobuf::FileDescriptorProto file;
    EXPECT_TRUE(file.ParseFromString(bytes));
    names.push_back(file.name());
  }
  return names;
}

TEST(ReflectionTest, ListsServices) {
  reflection::Request request;
  request.set_host("h");
  request.set_list_services("");
  const reflection::Response response = Reflect(request, {"a.B", "c.D"});
  EXPECT_EQ(response.valid_host(), "h");
  EXPECT_EQ(response.original_request().question_case(),
            reflection::Request::kListServices);
  ASSERT_EQ(response.list_services_response().service_size(), 2);
  EXPECT_EQ(response.list_services_response().service(1).name(), "c.D");
}

TEST(ReflectionTest, GivesTheFileOfASymbolAndWhatItImports) {
  reflection::Request request;
  request.set_file_containing_symbol("duroxide.provider.v1.ProviderService");
  const auto files = Files(Reflect(request, {}));
  ASSERT_FALSE(files.empty());
  EXPECT_EQ(files[0],
            provider::v1::AckWorkItemRequest::descriptor()->file()->name());
  EXPECT_THAT(files, IsSupersetOf({"duroxide/provider/v1/event.proto",
                                   "google/protobuf/duration.proto"}));
  EXPECT_EQ(std::set<std::string>(files.begin(), files.end()).size(),
            files.size());
}

TEST(ReflectionTest, GivesAFileByItsName) {
  reflection::Request request;
  request.set_file_by_filename("duroxide/provider/v1/errors.proto");
  EXPECT_THAT(Files(Reflect(request, {})),
              Contains("duroxide/provider/v1/errors.proto"));
}

TEST(ReflectionTest, KnowsExtensions) {
  const int number = provider::v1::reason_rule.number();
  reflection::Request request;
  request.set_all_extension_numbers_of_type("google.protobuf.EnumValueOptions");
  EXPECT_THAT(
      Reflect(request, {}).all_extension_numbers_response().extension_number(),
      ElementsAre(number));

  request.mutable_file_containing_extension()->set_containing_type(
      "google.protobuf.EnumValueOptions");
  request.mutable_file_containing_extension()->set_extension_number(number);
  EXPECT_THAT(Files(Reflect(request, {})),
              Contains("duroxide/provider/v1/errors.proto"));
}

TEST(ReflectionTest, SaysWhatItDoesNotKnow) {
  reflection::Request request;
  request.set_file_containing_symbol("no.Such");
  EXPECT_EQ(Reflect(request, {}).error_response().error_code(), 5);
  request.set_file_by_filename("no.proto");
  EXPECT_EQ(Reflect(request, {}).error_response().error_code(), 5);
  request.set_all_extension_numbers_of_type("no.Such");
  EXPECT_EQ(Reflect(request, {}).error_response().error_code(), 5);
  request.mutable_file_containing_extension()->set_containing_type("no.Such");
  EXPECT_EQ(Reflect(request, {}).error_response().error_code(), 5);
  request.clear_question();
  EXPECT_EQ(Reflect(request, {}).error_response().error_code(), 3);
}

}  // namespace
}  // namespace duroxide::server
