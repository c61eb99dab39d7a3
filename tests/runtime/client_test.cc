#include "runtime/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "providers/errors.h"
#include "tests/support/fake_provider.h"

namespace duroxide::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using State = InstanceStatus::State;

// Nothing that these tests wait for takes as long.
constexpr absl::Duration kLong = absl::Minutes(5);

class ClientTest : public testing::Test {
 protected:
  using Message = google::protobuf::Message;

  // Each call of `method` is answered by `answer`, told how many came before.
  void Answer(const std::string& method,
              std::function<absl::Status(int call, Message* response)> answer) {
    const auto calls = std::make_shared<std::atomic<int>>(0);
    provider_->Handle(method,
                      [calls, answer](const CallContext&, const Message&,
                                      Message* response, Provider::Done done) {
                        std::move(done)(answer((*calls)++, response));
                      });
  }

  static v1::GetInstanceInfoResponse Info(v1::OrchestrationStatus status,
                                          const std::string& output = "") {
    v1::GetInstanceInfoResponse response;
    response.mutable_info()->set_status(status);
    response.mutable_info()->set_output(output);
    response.mutable_info()->set_current_execution_id(2);
    return response;
  }

  // The provider has no administration.
  void HasHistoryOnly() {
    provider_->Answer("GetInstanceInfo",
                      MakeError(v1::ERROR_REASON_CAPABILITY_ABSENT, "none"));
  }

  static v1::ReadHistoryResponse Started() {
    v1::ReadHistoryResponse history;
    history.add_events()->mutable_orchestration_started();
    return history;
  }

  static v1::ReadHistoryResponse CompletedWith(const std::string& output) {
    v1::ReadHistoryResponse history = Started();
    history.add_events()->mutable_orchestration_completed()->set_output(output);
    return history;
  }

  static v1::ReadHistoryResponse FailedWith(const std::string& message) {
    v1::ReadHistoryResponse history = Started();
    auto& error = *history.add_events()
                       ->mutable_orchestration_failed()
                       ->mutable_details()
                       ->mutable_application();
    error.mutable_orchestration_failed();
    error.set_message(message);
    return history;
  }

  static v1::GetCustomStatusResponse CustomStatus(const std::string& text,
                                                  uint64_t version) {
    v1::GetCustomStatusResponse response;
    response.mutable_change()->set_custom_status(text);
    response.mutable_change()->set_version(version);
    return response;
  }

  // The only request of `method` so far, as text.
  std::string Request(const std::string& method) {
    const auto requests = provider_->Requests(method);
    EXPECT_EQ(requests.size(), 1U);
    return requests.empty() ? "" : requests[0]->ShortDebugString();
  }

  InstanceStatus Status() {
    auto status = client_.GetStatus("i");
    EXPECT_TRUE(status.ok()) << status.status();
    return status.value_or(InstanceStatus());
  }

  const std::shared_ptr<testing_support::FakeProvider> provider_ =
      std::make_shared<testing_support::FakeProvider>();
  Client client_{provider_, "s"};
};

// --- Messages.

TEST_F(ClientTest, StartsTheFirstExecution) {
  EXPECT_EQ(client_.Start("i", "Order", "in"), absl::OkStatus());
  EXPECT_EQ(Request("EnqueueOrchestratorItem"),
            R"(store: "s" item { start_orchestration { instance: "i" )"
            R"(orchestration: "Order" input: "in" execution_id: 1 } })");
}

TEST_F(ClientTest, StartsAVersion) {
  EXPECT_EQ(client_.Start("i", "Order", "in", {.version = "2.0.0"}),
            absl::OkStatus());
  EXPECT_THAT(Request("EnqueueOrchestratorItem"),
              HasSubstr(R"(version: "2.0.0")"));
}

TEST_F(ClientTest, RaisesAnEvent) {
  EXPECT_EQ(client_.RaiseEvent("i", "approved", "yes"), absl::OkStatus());
  EXPECT_EQ(Request("EnqueueOrchestratorItem"),
            R"(store: "s" item { external_raised { instance: "i" )"
            R"(name: "approved" data: "yes" } })");
}

TEST_F(ClientTest, EnqueuesAnEvent) {
  EXPECT_EQ(client_.EnqueueEvent("i", "inbox", "hello"), absl::OkStatus());
  EXPECT_EQ(Request("EnqueueOrchestratorItem"),
            R"(store: "s" item { queue_message { instance: "i" )"
            R"(name: "inbox" data: "hello" } })");
}

TEST_F(ClientTest, Cancels) {
  EXPECT_EQ(client_.Cancel("i", "too late"), absl::OkStatus());
  EXPECT_EQ(Request("EnqueueOrchestratorItem"),
            R"(store: "s" item { cancel_instance { instance: "i" )"
            R"(reason: "too late" } })");
}

TEST_F(ClientTest, TheProvidersErrorIsTheCallers) {
  const absl::Status error = MakeError(v1::ERROR_REASON_STORE_NOT_FOUND, "s");
  provider_->Answer("EnqueueOrchestratorItem", error);
  EXPECT_EQ(client_.Start("i", "Order", "in"), error);
}

TEST_F(ClientTest, CallsAdministrationInItsStore) {
  v1::ListInstancesResponse instances;
  instances.add_instance_ids("i");
  provider_->Answer("ListInstances", instances);
  const auto response =
      client_.Call(&Provider::ListInstances, v1::ListInstancesRequest());
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->instance_ids(), ElementsAre("i"));
  EXPECT_EQ(Request("ListInstances"), R"(store: "s")");
}

// --- Status.

TEST_F(ClientTest, AnUnknownInstanceIsNotFound) {
  provider_->Answer("GetInstanceInfo",
                    MakeError(v1::ERROR_REASON_INSTANCE_NOT_FOUND, "i"));
  EXPECT_EQ(Status().state, State::kNotFound);
}

TEST_F(ClientTest, AnUnknownStoreIsAnError) {
  provider_->Answer("GetInstanceInfo",
                    MakeError(v1::ERROR_REASON_STORE_NOT_FOUND, "s"));
  EXPECT_EQ(ReasonOf(client_.GetStatus("i").status()),
            v1::ERROR_REASON_STORE_NOT_FOUND);
}

TEST_F(ClientTest, ContinuedAsNewIsRunning) {
  for (const auto status : {v1::ORCHESTRATION_STATUS_RUNNING,
                            v1::ORCHESTRATION_STATUS_CONTINUED_AS_NEW}) {
    provider_->Answer("GetInstanceInfo", Info(status));
    EXPECT_EQ(Status().state, State::kRunning);
  }
}

TEST_F(ClientTest, ACompletedInstanceHasItsOutput) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_COMPLETED, "out"));
  const InstanceStatus status = Status();
  EXPECT_EQ(status.state, State::kCompleted);
  EXPECT_EQ(status.output, "out");
  EXPECT_TRUE(provider_->Requests("ReadHistory").empty());
}

TEST_F(ClientTest, AFailedInstanceHasTheDetailsOfItsHistory) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_FAILED, "declined"));
  provider_->Answer("ReadHistory", FailedWith("declined"));
  const InstanceStatus status = Status();
  EXPECT_EQ(status.state, State::kFailed);
  EXPECT_EQ(status.error.application().message(), "declined");
  EXPECT_EQ(status.error_text, "declined");
  EXPECT_EQ(Request("ReadHistory"),
            R"(store: "s" instance: "i" execution_id: 2)");
}

TEST_F(ClientTest, AFailedInstanceWhoseHistoryCannotBeReadHasTheText) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_FAILED, "poison"));
  provider_->Answer("ReadHistory",
                    MakeError(v1::ERROR_REASON_HISTORY_CORRUPT, "corrupt"));
  const InstanceStatus status = Status();
  EXPECT_EQ(status.state, State::kFailed);
  EXPECT_EQ(status.error_text, "poison");
}

TEST_F(ClientTest, AFailureThatTheHistoryDoesNotHoldHasTheText) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_FAILED, "poison"));
  provider_->Answer("ReadHistory", Started());
  const InstanceStatus status = Status();
  EXPECT_EQ(status.state, State::kFailed);
  EXPECT_EQ(status.error_text, "poison");
}

TEST_F(ClientTest, TheCustomStatusComesAlong) {
  provider_->Answer("GetInstanceInfo", Info(v1::ORCHESTRATION_STATUS_RUNNING));
  EXPECT_EQ(Status().custom_status, std::nullopt);
  EXPECT_EQ(Status().custom_status_version, 0U);
  provider_->Answer("GetCustomStatus", CustomStatus("half", 3));
  EXPECT_EQ(Status().custom_status, "half");
  EXPECT_EQ(Status().custom_status_version, 3U);
}

TEST_F(ClientTest, AClearedCustomStatusHasAVersion) {
  provider_->Answer("GetInstanceInfo", Info(v1::ORCHESTRATION_STATUS_RUNNING));
  v1::GetCustomStatusResponse cleared;
  cleared.mutable_change()->set_version(4);
  provider_->Answer("GetCustomStatus", cleared);
  EXPECT_EQ(Status().custom_status, std::nullopt);
  EXPECT_EQ(Status().custom_status_version, 4U);
}

// --- Status without administration.

TEST_F(ClientTest, WithoutAdministrationTheHistoryTells) {
  HasHistoryOnly();
  EXPECT_EQ(Status().state, State::kNotFound);
  provider_->Answer("ReadHistory", Started());
  EXPECT_EQ(Status().state, State::kRunning);
  provider_->Answer("ReadHistory", CompletedWith("out"));
  EXPECT_EQ(Status().state, State::kCompleted);
  EXPECT_EQ(Status().output, "out");
  provider_->Answer("ReadHistory", FailedWith("declined"));
  EXPECT_EQ(Status().state, State::kFailed);
  EXPECT_EQ(Status().error_text, "declined");
}

TEST_F(ClientTest, WithoutAdministrationContinuedAsNewIsRunning) {
  HasHistoryOnly();
  v1::ReadHistoryResponse history = Started();
  history.add_events()->mutable_orchestration_continued_as_new();
  provider_->Answer("ReadHistory", history);
  EXPECT_EQ(Status().state, State::kRunning);
}

TEST_F(ClientTest, AdministrationThatIsNotThereIsAskedOnce) {
  HasHistoryOnly();
  Status();
  Status();
  EXPECT_EQ(provider_->Requests("GetInstanceInfo").size(), 1U);
  EXPECT_EQ(provider_->Requests("ReadHistory").size(), 2U);
}

// --- Waiting.

TEST_F(ClientTest, WaitsUntilTheInstanceHasEnded) {
  Answer("GetInstanceInfo", [](int call, Message* response) {
    if (call == 0) return MakeError(v1::ERROR_REASON_INSTANCE_NOT_FOUND, "i");
    response->CopyFrom(call < 3
                           ? Info(v1::ORCHESTRATION_STATUS_RUNNING)
                           : Info(v1::ORCHESTRATION_STATUS_COMPLETED, "out"));
    return absl::OkStatus();
  });
  provider_->Answer("GetCustomStatus", CustomStatus("done", 1));
  const auto status = client_.WaitForCompletion("i", kLong);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->output, "out");
  EXPECT_EQ(status->custom_status, "done");
}

TEST_F(ClientTest, WaitingHasAnEnd) {
  provider_->Answer("GetInstanceInfo", Info(v1::ORCHESTRATION_STATUS_RUNNING));
  EXPECT_EQ(client_.WaitForCompletion("i", absl::Milliseconds(20)).status(),
            absl::DeadlineExceededError("the time to wait is up"));
}

TEST_F(ClientTest, WhoWaitsForNoTimeLooksOnce) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_COMPLETED, "out"));
  EXPECT_TRUE(client_.WaitForCompletion("i", absl::ZeroDuration()).ok());
  EXPECT_EQ(provider_->Requests("GetInstanceInfo").size(), 1U);
}

TEST_F(ClientTest, ABusyStoreDoesNotEndTheWait) {
  Answer("GetInstanceInfo", [](int call, Message* response) {
    if (call == 0) return MakeError(v1::ERROR_REASON_STORE_BUSY, "busy");
    response->CopyFrom(Info(v1::ORCHESTRATION_STATUS_COMPLETED, "out"));
    return absl::OkStatus();
  });
  EXPECT_TRUE(client_.WaitForCompletion("i", kLong).ok());
}

TEST_F(ClientTest, TheTimeThatIsUpTellsOfTheLastError) {
  provider_->Answer("GetInstanceInfo",
                    MakeError(v1::ERROR_REASON_STORE_BUSY, "very busy"));
  const absl::Status status =
      client_.WaitForCompletion("i", absl::Milliseconds(20)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("very busy"));
}

TEST_F(ClientTest, APermanentErrorEndsTheWait) {
  const absl::Status error = MakeError(v1::ERROR_REASON_STORE_NOT_FOUND, "s");
  provider_->Answer("GetInstanceInfo", error);
  EXPECT_EQ(client_.WaitForCompletion("i", kLong).status(), error);
}

TEST_F(ClientTest, AStopEndsTheWait) {
  provider_->Answer("GetInstanceInfo", Info(v1::ORCHESTRATION_STATUS_RUNNING));
  std::stop_source stop;
  absl::Status status;
  std::thread waiting([&] {
    status = client_.WaitForCompletion("i", kLong, stop.get_token()).status();
  });
  while (provider_->Requests("GetInstanceInfo").size() < 2) {
    std::this_thread::yield();
  }
  stop.request_stop();
  waiting.join();
  EXPECT_EQ(status, absl::CancelledError("the wait was stopped"));
}

TEST_F(ClientTest, AStopEndsALookThatHangs) {
  provider_->Hold("GetInstanceInfo");
  std::stop_source stop;
  absl::Status status;
  std::thread waiting([&] {
    status = client_.WaitForCompletion("i", kLong, stop.get_token()).status();
  });
  provider_->WaitForHeld(1);
  stop.request_stop();
  waiting.join();
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
}

TEST_F(ClientTest, WaitsUntilTheCustomStatusIsNewer) {
  provider_->Answer("GetInstanceInfo", Info(v1::ORCHESTRATION_STATUS_RUNNING));
  Answer("GetCustomStatus", [](int call, Message* response) {
    response->CopyFrom(CustomStatus("step", call < 2 ? 7 : 8));
    return absl::OkStatus();
  });
  const auto status = client_.WaitForStatusChange("i", 7, kLong);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->state, State::kRunning);
  EXPECT_EQ(status->custom_status_version, 8U);
}

TEST_F(ClientTest, TheEndOfTheInstanceIsAStatusChange) {
  provider_->Answer("GetInstanceInfo",
                    Info(v1::ORCHESTRATION_STATUS_COMPLETED, "out"));
  provider_->Answer("GetCustomStatus", CustomStatus("step", 7));
  const auto status = client_.WaitForStatusChange("i", 7, kLong);
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->state, State::kCompleted);
}

// --- Key-values.

TEST_F(ClientTest, ReadsKeyValues) {
  EXPECT_EQ(*client_.GetKeyValue("i", "k"), std::nullopt);
  v1::GetKvValueResponse value;
  value.set_value("");
  provider_->Answer("GetKvValue", value);
  EXPECT_EQ(*client_.GetKeyValue("i", "k"), "");

  v1::ListKvValuesResponse values;
  for (const char* key : {"a", "b"}) {
    auto& entry = *values.add_entries();
    entry.set_key(key);
    entry.set_value(std::string("value of ") + key);
  }
  provider_->Answer("ListKvValues", values);
  EXPECT_THAT(*client_.ListKeyValues("i"),
              ElementsAre(Pair("a", "value of a"), Pair("b", "value of b")));
}

TEST_F(ClientTest, WaitsForAKey) {
  Answer("GetKvValue", [](int call, Message* response) {
    if (call == 2) {
      static_cast<v1::GetKvValueResponse*>(response)->set_value("v");
    }
    return absl::OkStatus();
  });
  const auto value = client_.WaitForKeyValue("i", "k", kLong);
  ASSERT_TRUE(value.ok()) << value.status();
  EXPECT_EQ(*value, "v");
}

}  // namespace
}  // namespace duroxide::runtime
