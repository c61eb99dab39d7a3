#include "conformance/probe.h"

#include <charconv>
#include <string_view>

#include "conformance/capabilities.h"
#include "conformance/status_text.h"
#include "conformance/text.h"
#include "providers/await.h"

namespace duroxide::conformance {
namespace {

// A provider that works answers these calls at once.
constexpr absl::Duration kProbeLimit = absl::Seconds(10);

CallContext ProbeContext() { return {.deadline = absl::Now() + kProbeLimit}; }

absl::Status Refusal(std::string_view tried, std::string_view came_back,
                     std::string_view advice) {
  return absl::FailedPreconditionError(
      Concat("cannot judge the provider\ntried:      ", tried,
             "\ncame back:  ", came_back, "\nwhat to do: ", advice));
}

// What the user can do about a server that does not tell its info.
std::string AdviceOn(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
      return "check that the provider runs and listens there; an endpoint is "
             "HOST:PORT or unix:PATH";
    case absl::StatusCode::kDeadlineExceeded:
      return "something listens there but does not answer; check that it is a "
             "gRPC server without TLS and that it is not stopped";
    case absl::StatusCode::kUnimplemented:
      return "this is a gRPC server of another contract; give the endpoint of "
             "a server of duroxide.provider.v1.ProviderService";
    default:
      return "look into the provider's log for why GetProviderInfo fails";
  }
}

// The number before the first dot, or -1.
int MajorOf(std::string_view version) {
  int major = -1;
  const auto [end, error] =
      std::from_chars(version.data(), version.data() + version.size(), major);
  const bool at_end = end == version.data() + version.size();
  if (error != std::errc() || (!at_end && *end != '.')) return -1;
  return major;
}

absl::Status CheckStores(Provider& provider, const std::string& endpoint,
                         const v1::GetProviderInfoResponse& info) {
  constexpr std::string_view kAdvice =
      "every case needs a store of its own: start the provider with its test "
      "service, which is duroxide.provider.testing.v1.ProviderTestService "
      "(duroxide-provider: --enable-test-service)";
  if (!Declares(info, v1::CAPABILITY_ISOLATED_STORES)) {
    return Refusal(Concat("GetProviderInfo at ", endpoint),
                   Concat("provider \"", info.name(),
                          "\", which does not declare ISOLATED_STORES"),
                   kAdvice);
  }
  testing_v1::CreateStoreRequest create;
  create.set_label("duroxide-compat probe");
  const absl::StatusOr<testing_v1::CreateStoreResponse> made =
      Await(provider, &Provider::CreateStore, create, ProbeContext());
  if (!made.ok()) {
    return Refusal(Concat("CreateStore at ", endpoint),
                   StatusText(made.status()), kAdvice);
  }
  testing_v1::DropStoreRequest drop;
  drop.set_store(made->store());
  const absl::Status dropped =
      Await(provider, &Provider::DropStore, drop, ProbeContext()).status();
  if (!dropped.ok()) {
    return Refusal(Concat("DropStore at ", endpoint), StatusText(dropped),
                   "let DropStore remove the store that CreateStore made; "
                   "without it every run leaves stores behind");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GetProviderInfoResponse> Probe(Provider& provider,
                                                  const std::string& endpoint) {
  absl::StatusOr<v1::GetProviderInfoResponse> info =
      Await(provider, &Provider::GetProviderInfo, v1::GetProviderInfoRequest(),
            ProbeContext());
  const std::string tried = Concat("GetProviderInfo at ", endpoint);
  if (!info.ok()) {
    return Refusal(tried, StatusText(info.status()), AdviceOn(info.status()));
  }
  if (MajorOf(info->contract_version()) != kContractMajor) {
    return Refusal(
        tried,
        Concat("provider \"", info->name(), "\" of contract version ", "\"",
               info->contract_version(), "\""),
        Concat("this program judges contract versions ", kContractMajor,
               ".x; use the duroxide-compat of that contract"));
  }
  if (absl::Status stores = CheckStores(provider, endpoint, *info);
      !stores.ok()) {
    return stores;
  }
  return info;
}

}  // namespace duroxide::conformance
