#include "server/library_logs.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <string>

namespace duroxide::server {
namespace {

// Both libraries take a plain function.
std::atomic<Logger*> target = nullptr;

void Tell(const char* library, const std::string& text) {
  target.load()->Log(LogLevel::kDebug, "library",
                     {{"library", library}, {"text", text}});
}

void FromGrpc(gpr_log_func_args* args) { Tell("grpc", args->message); }

void FromProtobuf(google::protobuf::LogLevel /*level*/, const char* /*file*/,
                  int /*line*/, const std::string& message) {
  Tell("protobuf", message);
}

}  // namespace

void RouteLibraryLogs(Logger& logger) {
  target = &logger;
  gpr_set_log_function(FromGrpc);
  google::protobuf::SetLogHandler(FromProtobuf);
}

}  // namespace duroxide::server
