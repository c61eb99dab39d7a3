#include "server/reflection.h"

#include <set>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace duroxide::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using reflection::Request;
using reflection::Response;

// The file, and all that it imports, each once.
void AddFile(const FileDescriptor& file, std::set<const FileDescriptor*>& seen,
             reflection::Files& files) {
  if (!seen.insert(&file).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  files.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) {
    AddFile(*file.dependency(i), seen, files);
  }
}

void RefuseUnknown(const std::string& what, Response& response) {
  auto* error = response.mutable_error_response();
  error->set_error_code(static_cast<int>(absl::StatusCode::kNotFound));
  error->set_error_message(what + " is not known here");
}

void AnswerFile(const FileDescriptor* file, const std::string& what,
                Response& response) {
  if (file == nullptr) return RefuseUnknown(what, response);
  std::set<const FileDescriptor*> seen;
  AddFile(*file, seen, *response.mutable_file_descriptor_response());
}

void AnswerExtension(const reflection::Extension& extension,
                     Response& response) {
  const auto* pool = DescriptorPool::generated_pool();
  const Descriptor* type =
      pool->FindMessageTypeByName(extension.containing_type());
  const FieldDescriptor* field =
      type == nullptr
          ? nullptr
          : pool->FindExtensionByNumber(type, extension.extension_number());
  AnswerFile(field == nullptr ? nullptr : field->file(),
             extension.containing_type(), response);
}

void AnswerExtensionNumbers(const std::string& name, Response& response) {
  const auto* pool = DescriptorPool::generated_pool();
  const Descriptor* type = pool->FindMessageTypeByName(name);
  if (type == nullptr) return RefuseUnknown(name, response);
  auto* numbers = response.mutable_all_extension_numbers_response();
  numbers->set_base_type_name(name);
  std::vector<const FieldDescriptor*> extensions;
  pool->FindAllExtensions(type, &extensions);
  for (const FieldDescriptor* extension : extensions) {
    numbers->add_extension_number(extension->number());
  }
}

}  // namespace

Response Reflect(const Request& request,
                 const std::vector<std::string>& services) {
  const auto* pool = DescriptorPool::generated_pool();
  Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.question_case()) {
    case Request::kFileByFilename:
      AnswerFile(pool->FindFileByName(request.file_by_filename()),
                 request.file_by_filename(), response);
      break;
    case Request::kFileContainingSymbol:
      AnswerFile(
          pool->FindFileContainingSymbol(request.file_containing_symbol()),
          request.file_containing_symbol(), response);
      break;
    case Request::kFileContainingExtension:
      AnswerExtension(request.file_containing_extension(), response);
      break;
    case Request::kAllExtensionNumbersOfType:
      AnswerExtensionNumbers(request.all_extension_numbers_of_type(), response);
      break;
    case Request::kListServices: {
      auto* list = response.mutable_list_services_response();
      for (const std::string& name : services) {
        list->add_service()->set_name(name);
      }
      break;
    }
    case Request::QUESTION_NOT_SET: {
      auto* error = response.mutable_error_response();
      error->set_error_code(
          static_cast<int>(absl::StatusCode::kInvalidArgument));
      error->set_error_message("no question is set that is known here");
      break;
    }
  }
  return response;
}

}  // namespace duroxide::server
