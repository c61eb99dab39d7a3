#include "server/call_log.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "logging/log.h"
#include "providers/errors.h"
#include "providers/provider.h"
#include "tests/support/log_file.h"

namespace duroxide::server {
namespace {

using testing_support::LogFile;

nlohmann::json Parsed(const LogFile& file) {
  return nlohmann::json::parse(file.text());
}

class CallLogTest : public testing::Test {
 protected:
  void Handle(const google::protobuf::Message& request,
              const std::string& service, const std::string& method,
              const absl::Status& status) {
    CallLog log(logger_);
    const auto* descriptor = request.GetDescriptor()
                                 ->file()
                                 ->FindServiceByName(service)
                                 ->FindMethodByName(method);
    log.OnStarted(*descriptor);
    log.OnHandled({.method = *descriptor,
                   .request = request,
                   .status = status,
                   .elapsed = absl::Milliseconds(250)});
  }

  LogFile file_;
  Logger logger_{LogFormat::kJson, LogLevel::kDebug, file_.fd()};
};

TEST_F(CallLogTest, TellsMethodStoreInstanceCodeAndSeconds) {
  v1::ReadHistoryRequest request;
  request.set_store("s");
  request.set_instance("order-1");
  Handle(request, "ProviderService", "ReadHistory", absl::OkStatus());
  const nlohmann::json line = Parsed(file_);
  EXPECT_EQ(line.at("level"), "debug");
  EXPECT_EQ(line.at("method"), "ReadHistory");
  EXPECT_EQ(line.at("store"), "s");
  EXPECT_EQ(line.at("instance"), "order-1");
  EXPECT_EQ(line.at("code"), "OK");
  EXPECT_EQ(line.at("seconds"), 0.25);
  EXPECT_FALSE(line.contains("reason"));
}

TEST_F(CallLogTest, TroubleInTheStoreIsAnError) {
  v1::ReadHistoryRequest request;
  request.set_instance("order-1");
  Handle(request, "ProviderService", "ReadHistory",
         MakeError(v1::ERROR_REASON_HISTORY_CORRUPT, "cannot be read"));
  const nlohmann::json line = Parsed(file_);
  EXPECT_EQ(line.at("level"), "error");
  EXPECT_EQ(line.at("code"), "DATA_LOSS");
  EXPECT_EQ(line.at("reason"), "HISTORY_CORRUPT");
  EXPECT_EQ(line.at("error"), "cannot be read");
}

TEST_F(CallLogTest, ABusyStoreIsAWarning) {
  Handle(v1::ReadHistoryRequest(), "ProviderService", "ReadHistory",
         MakeError(v1::ERROR_REASON_STORE_BUSY, "busy"));
  EXPECT_EQ(Parsed(file_).at("level"), "warning");
}

TEST_F(CallLogTest, WhatACallerDoesWrongIsNoTrouble) {
  Handle(v1::AckWorkItemRequest(), "ProviderService", "AckWorkItem",
         MakeError(v1::ERROR_REASON_LOCK_LOST, "gone"));
  EXPECT_EQ(Parsed(file_).at("level"), "debug");
  EXPECT_FALSE(Parsed(file_).contains("instance"));
}

TEST_F(CallLogTest, FindsTheInstanceInAWorkItem) {
  v1::EnqueueOrchestratorItemRequest request;
  request.mutable_item()
      ->mutable_sub_orchestration_completed()
      ->set_parent_instance("parent");
  Handle(request, "ProviderService", "EnqueueOrchestratorItem",
         absl::OkStatus());
  EXPECT_EQ(Parsed(file_).at("instance"), "parent");
}

TEST_F(CallLogTest, FindsTheInstanceInAHistoryDelta) {
  v1::AckOrchestrationItemRequest request;
  request.add_history_delta()->set_instance_id("order-1");
  Handle(request, "ProviderService", "AckOrchestrationItem", absl::OkStatus());
  EXPECT_EQ(Parsed(file_).at("instance"), "order-1");
}

}  // namespace
}  // namespace duroxide::server
