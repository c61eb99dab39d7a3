#ifndef DUROXIDE_SERVER_CALL_H_
#define DUROXIDE_SERVER_CALL_H_

// The one wrapper around every call: it reads the request, makes the Provider's
// call, and answers, once. Deadline, cancellation, sizes, observers and errors
// are handled here and nowhere else.
//
// Requests and replies come and go as bytes: so a request that cannot be read
// is answered with a reason (WIRE-9), and sizes are known before anything is
// done (WIRE-8).

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "providers/errors.h"
#include "providers/give_back.h"
#include "providers/provider.h"
#include "server/serving.h"

namespace duroxide::server {

// A reply that holds locks.
template <typename Response>
concept FetchResponse =
    requires(const Response& response) { response.items(0).lock_token(); };

// A call from its arrival to gRPC's last word on it. Owns itself.
template <typename Request, typename Response>
class Call final : public grpc::ServerUnaryReactor {
 public:
  using Method = void (Provider::*)(const CallContext&, const Request*,
                                    Response*, Provider::Done);

  Call(Serving& serving, const google::protobuf::MethodDescriptor& descriptor,
       Method method, grpc::CallbackServerContext* context,
       grpc::ByteBuffer* reply)
      : serving_(serving),
        descriptor_(descriptor),
        method_(method),
        context_(context),
        reply_(reply) {}

  void Start(const grpc::ByteBuffer& bytes) {
    if (serving_.observer != nullptr) {
      serving_.observer->OnStarted(descriptor_);
    }
    accepted_ = serving_.gate.Enter();
    if (!accepted_) {
      return Answer(MakeError(v1::ERROR_REASON_STORE_BUSY,
                              "the server is shutting down"));
    }
    if (absl::Status status = Read(bytes); !status.ok()) {
      return Answer(status);
    }
    CallContext caller;
    caller.deadline = Deadline();
    if constexpr (FetchResponse<Response>) {
      stop_ = std::stop_source();
      caller.stop = stop_.get_token();
      on_closing_.emplace(serving_.gate.closing(), Stop{stop_});
    }
    (serving_.provider.*method_)(
        caller, &request_, &response_,
        [this](absl::Status status) { OnOutcome(std::move(status)); });
  }

 private:
  // Runs what follows on gRPC's polling threads, as its own default reactor
  // does. Otherwise it goes to an executor, which costs a tenth of a call's CPU
  // and adds threads under load. gRPC does not call this API; where a later one
  // has it no more, this line goes.
  bool InternalInlineable() override { return true; }

  void OnCancel() override { stop_.request_stop(); }

  // Only here is it known whether the answer went out. Where it did not, nobody
  // has the locks that it told about (WIRE-5).
  void OnDone() override {
    if constexpr (FetchResponse<Response>) {
      if (holds_locks_ && context_->IsCancelled()) {
        return GiveBack(serving_.provider, request_.store(), response_,
                        [this] { End(); });
      }
    }
    End();
  }

  void End() {
    CallGate* gate = accepted_ ? &serving_.gate : nullptr;
    delete this;
    if (gate != nullptr) gate->Leave();  // the server may be gone after this
  }

  absl::Status Read(const grpc::ByteBuffer& bytes) {
    if (bytes.Length() > serving_.max_message_bytes) {
      return TooLarge("request", bytes.Length());
    }
    grpc::ByteBuffer unread =
        bytes;  // reading empties it; the bytes are shared
    const grpc::Status read =
        grpc::SerializationTraits<Request>::Deserialize(&unread, &request_);
    if (read.ok()) return absl::OkStatus();
    return MakeError(v1::ERROR_REASON_INVALID_REQUEST,
                     absl::StrCat("the request is no well-formed ",
                                  request_.GetDescriptor()->full_name(),
                                  "; note that every string must be UTF-8"));
  }

  absl::Time Deadline() const {
    const auto deadline = context_->deadline();
    return deadline == std::chrono::system_clock::time_point::max()
               ? absl::InfiniteFuture()
               : absl::FromChrono(deadline);
  }

  void OnOutcome(absl::Status status) {
    if (!status.ok()) return Answer(status);
    const size_t size = response_.ByteSizeLong();
    if (size <= serving_.max_message_bytes) return Answer(absl::OkStatus());
    const absl::Status too_large = TooLarge("reply", size);
    if constexpr (FetchResponse<Response>) {
      // A fetch that fails holds no lock (WIRE-4).
      return GiveBack(serving_.provider, request_.store(), response_,
                      [this, too_large] { Answer(too_large); });
    }
    Answer(too_large);
  }

  absl::Status TooLarge(const char* what, size_t size) const {
    return MakeError(v1::ERROR_REASON_MESSAGE_TOO_LARGE,
                     absl::StrCat("the ", what, " has ", size,
                                  " bytes; max_message_bytes is ",
                                  serving_.max_message_bytes));
  }

  void Answer(const absl::Status& status) {
    grpc::Status wire = ToWire(status, descriptor_.name());
    if (status.ok()) {
      bool own_buffer = false;
      wire = grpc::SerializationTraits<Response>::Serialize(response_, reply_,
                                                            &own_buffer);
      if constexpr (FetchResponse<Response>) {
        holds_locks_ = !response_.items().empty();
      }
    }
    if (serving_.observer != nullptr) {
      serving_.observer->OnHandled({.method = descriptor_,
                                    .request = request_,
                                    .status = FromWire(wire),
                                    .elapsed = Elapsed()});
    }
    Finish(std::move(wire));
  }

  absl::Duration Elapsed() const {
    return absl::FromChrono(std::chrono::steady_clock::now() - start_);
  }

  struct Stop {
    std::stop_source source;
    void operator()() { source.request_stop(); }
  };

  Serving& serving_;
  const google::protobuf::MethodDescriptor& descriptor_;
  const Method method_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const reply_;
  const std::chrono::steady_clock::time_point start_ =
      std::chrono::steady_clock::now();
  Request request_;
  Response response_;
  bool accepted_ = false;
  bool holds_locks_ = false;
  // Fetches alone wait, so they alone can be stopped.
  std::stop_source stop_{std::nostopstate};
  std::optional<std::stop_callback<Stop>> on_closing_;
};

// Takes a call on. `request` is read before this returns, `reply` is written
// before the call ends; both are gRPC's.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* StartCall(
    Serving& serving, const google::protobuf::MethodDescriptor& descriptor,
    void (Provider::*method)(const CallContext&, const Request*, Response*,
                             Provider::Done),
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* reply) {
  auto* call =
      new Call<Request, Response>(serving, descriptor, method, context, reply);
  call->Start(*request);
  return call;
}

}  // namespace duroxide::server

#endif  // DUROXIDE_SERVER_CALL_H_
