#ifndef DUROXIDE_RUNTIME_TYPED_H_
#define DUROXIDE_RUNTIME_TYPED_H_

// Orchestrations and activities with types instead of texts. On the wire and in
// histories their values are JSON (runtime/json.h), as upstream's are.
//
//   Orchestration<Receipt> Order(OrchestrationContext& ctx, Cart cart) {
//     ASSIGN_OR_CO_RETURN(
//         Receipt receipt,
//         co_await typed::ScheduleActivity<Receipt>(ctx, "Charge", cart));
//     co_return receipt;
//   }
//
//   orchestrations.Add("Order", typed::AsOrchestration<Cart>(Order));

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/activity_context.h"
#include "runtime/client.h"
#include "runtime/json.h"
#include "runtime/orchestration.h"
#include "runtime/orchestration_context.h"
#include "runtime/registry.h"

namespace duroxide::runtime::typed {

namespace internal {

// A future's JSON text as a T.
template <typename T>
DurableFuture<absl::StatusOr<T>> Decoded(
    DurableFuture<absl::StatusOr<std::string>> future) {
  return std::move(future).Map(
      [](absl::StatusOr<std::string> text) -> absl::StatusOr<T> {
        if (!text.ok()) return text.status();
        return DecodeJson<T>(*text);
      });
}
template <typename T>
DurableFuture<absl::StatusOr<T>> Decoded(DurableFuture<std::string> future) {
  return std::move(future).Map(
      [](std::string text) { return DecodeJson<T>(text); });
}

template <typename T>
DurableFuture<absl::StatusOr<T>> Failed(absl::Status status) {
  return DurableFuture<absl::StatusOr<T>>(
      std::make_unique<runtime::internal::Ready<absl::StatusOr<T>>>(
          std::move(status)));
}

// What an orchestration or activity returns, as a text.
template <typename T>
absl::StatusOr<std::string> Encoded(const absl::StatusOr<T>& result) {
  if (!result.ok()) return result.status();
  return EncodeJson(*result);
}

// The orchestration behind a typed one.
template <typename In, typename Function>
Orchestration<std::string> Run(OrchestrationContext& ctx, std::string input,
                               Function function) {
  absl::StatusOr<In> decoded = DecodeJson<In>(input);
  if (!decoded.ok()) {
    co_return absl::InvalidArgumentError(
        "the input: " + std::string(decoded.status().message()));
  }
  auto orchestration = function(ctx, *std::move(decoded));
  auto result = co_await std::move(orchestration);
  co_return Encoded(result);
}

}  // namespace internal

// --- In orchestrations: as the context's methods. A value that cannot be
// decoded is INVALID_ARGUMENT.

template <typename Out, typename In>
DurableFuture<absl::StatusOr<Out>> ScheduleActivity(
    OrchestrationContext& ctx, std::string name, const In& input,
    ActivityOptions options = {}) {
  absl::StatusOr<std::string> text = EncodeJson(input);
  if (!text.ok()) return internal::Failed<Out>(text.status());
  return internal::Decoded<Out>(ctx.ScheduleActivity(
      std::move(name), *std::move(text), std::move(options)));
}

template <typename Out, typename In>
DurableFuture<absl::StatusOr<Out>> ScheduleActivityWithRetry(
    OrchestrationContext& ctx, std::string name, const In& input,
    RetryPolicy policy, ActivityOptions options = {}) {
  absl::StatusOr<std::string> text = EncodeJson(input);
  if (!text.ok()) return internal::Failed<Out>(text.status());
  return internal::Decoded<Out>(
      ctx.ScheduleActivityWithRetry(std::move(name), *std::move(text), policy,
                                    std::move(options))
          .AsFuture());
}

template <typename Out, typename In>
DurableFuture<absl::StatusOr<Out>> ScheduleSubOrchestration(
    OrchestrationContext& ctx, std::string name, const In& input,
    ChildOptions options = {}) {
  absl::StatusOr<std::string> text = EncodeJson(input);
  if (!text.ok()) return internal::Failed<Out>(text.status());
  return internal::Decoded<Out>(ctx.ScheduleSubOrchestration(
      std::move(name), *std::move(text), std::move(options)));
}

template <typename T>
DurableFuture<absl::StatusOr<T>> ScheduleWait(OrchestrationContext& ctx,
                                              std::string name) {
  return internal::Decoded<T>(ctx.ScheduleWait(std::move(name)));
}

template <typename T>
DurableFuture<absl::StatusOr<T>> DequeueEvent(OrchestrationContext& ctx,
                                              std::string queue) {
  return internal::Decoded<T>(ctx.DequeueEvent(std::move(queue)));
}

// Ends with an error where the input has no JSON text.
template <typename In>
DurableFuture<absl::Status> ContinueAsNew(
    OrchestrationContext& ctx, const In& input,
    std::optional<std::string> version = std::nullopt) {
  absl::StatusOr<std::string> text = EncodeJson(input);
  if (!text.ok()) {
    return DurableFuture<absl::Status>(
        std::make_unique<runtime::internal::Ready<absl::Status>>(
            text.status()));
  }
  return ctx.ContinueAsNew(*std::move(text), std::move(version));
}

template <typename T>
absl::Status SetKeyValue(OrchestrationContext& ctx, std::string key,
                         const T& value) {
  absl::StatusOr<std::string> text = EncodeJson(value);
  if (!text.ok()) return text.status();
  ctx.SetKeyValue(std::move(key), *std::move(text));
  return absl::OkStatus();
}

// std::nullopt where there is no such key.
template <typename T>
absl::StatusOr<std::optional<T>> GetKeyValue(OrchestrationContext& ctx,
                                             std::string_view key) {
  const std::optional<std::string> text = ctx.GetKeyValue(key);
  if (!text) return std::optional<T>();
  absl::StatusOr<T> value = DecodeJson<T>(*text);
  if (!value.ok()) return value.status();
  return std::optional<T>(*std::move(value));
}

// --- In registries.

// From `Orchestration<Out>(OrchestrationContext&, In)`.
template <typename In, typename Function>
OrchestrationFunction AsOrchestration(Function function) {
  return [function = std::move(function)](OrchestrationContext& ctx,
                                          std::string input) {
    return internal::Run<In, Function>(ctx, std::move(input), function);
  };
}

// From `absl::StatusOr<Out>(ActivityContext&, In)`.
template <typename In, typename Function>
BlockingActivity AsActivity(Function function) {
  return [function = std::move(function)](
             ActivityContext& context,
             std::string input) -> absl::StatusOr<std::string> {
    absl::StatusOr<In> decoded = DecodeJson<In>(input);
    if (!decoded.ok()) {
      return absl::InvalidArgumentError(
          "the input: " + std::string(decoded.status().message()));
    }
    return internal::Encoded(function(context, *std::move(decoded)));
  };
}

// --- At clients.

template <typename In>
absl::Status Start(Client& client, std::string_view instance,
                   std::string_view orchestration, const In& input,
                   const StartOptions& options = {}) {
  absl::StatusOr<std::string> text = EncodeJson(input);
  if (!text.ok()) return text.status();
  return client.Start(instance, orchestration, *text, options);
}

template <typename T>
absl::Status RaiseEvent(Client& client, std::string_view instance,
                        std::string_view name, const T& data) {
  absl::StatusOr<std::string> text = EncodeJson(data);
  if (!text.ok()) return text.status();
  return client.RaiseEvent(instance, name, *text);
}

template <typename T>
absl::Status EnqueueEvent(Client& client, std::string_view instance,
                          std::string_view queue, const T& data) {
  absl::StatusOr<std::string> text = EncodeJson(data);
  if (!text.ok()) return text.status();
  return client.EnqueueEvent(instance, queue, *text);
}

// The output of an instance that is completed; its error where it failed;
// FAILED_PRECONDITION where it has not ended.
template <typename T>
absl::StatusOr<T> OutputOf(const InstanceStatus& status) {
  switch (status.state) {
    case InstanceStatus::State::kCompleted:
      return DecodeJson<T>(status.output);
    case InstanceStatus::State::kFailed:
      return absl::UnknownError(status.error_text);
    default:
      return absl::FailedPreconditionError("the instance has not ended");
  }
}

}  // namespace duroxide::runtime::typed

#endif  // DUROXIDE_RUNTIME_TYPED_H_
