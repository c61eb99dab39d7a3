#include "conformance/probe.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "conformance/capabilities.h"
#include "conformance/durations.h"
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

constexpr std::string_view kTestService =
    "start the provider with its test service, which is "
    "duroxide.provider.testing.v1.ProviderTestService (duroxide-provider: "
    "--enable-test-service)";

// Looks for `store` at another replica than the one that has made it.
absl::Status CheckSees(Provider& replica, const std::string& endpoint,
                       const std::string& store) {
  v1::FetchWorkItemsRequest fetch;
  fetch.set_store(store);
  *fetch.mutable_lock_timeout() = ToProto(absl::Seconds(1));
  absl::Status seen =
      Await(replica, &Provider::FetchWorkItems, fetch, ProbeContext()).status();
  if (seen.ok()) return seen;
  return Refusal(
      Concat("FetchWorkItems at ", endpoint,
             ", in a store that was made at the first endpoint"),
      StatusText(seen),
      "several endpoints are judged as replicas of one backend; give replicas "
      "that share their storage");
}

std::string Described(const v1::GetProviderInfoResponse& info) {
  std::vector<std::string> capabilities;
  for (const int capability : info.capabilities()) {
    capabilities.push_back(
        CapabilityName(static_cast<v1::Capability>(capability)));
  }
  std::sort(capabilities.begin(), capabilities.end());
  return Concat("provider \"", info.name(), "\" ", info.version(),
                ", contract ", info.contract_version(), ", capabilities ",
                Join(capabilities, " "));
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
  return info;
}

absl::Status CheckAlike(const v1::GetProviderInfoResponse& first,
                        const v1::GetProviderInfoResponse& other,
                        const std::string& endpoint) {
  if (Described(first) == Described(other)) return absl::OkStatus();
  return Refusal(Concat("GetProviderInfo at ", endpoint), Described(other),
                 Concat("several endpoints are judged as replicas of one "
                        "backend, and the first one is ",
                        Described(first)));
}

absl::Status ProbeStores(const std::vector<std::shared_ptr<Provider>>& replicas,
                         const std::vector<std::string>& endpoints) {
  testing_v1::CreateStoreRequest create;
  create.set_label("duroxide-compat probe");
  const absl::StatusOr<testing_v1::CreateStoreResponse> made =
      Await(*replicas[0], &Provider::CreateStore, create, ProbeContext());
  if (!made.ok()) {
    return Refusal(Concat("CreateStore at ", endpoints[0]),
                   StatusText(made.status()), kTestService);
  }
  absl::Status sees;
  for (size_t i = 1; i < replicas.size() && sees.ok(); ++i) {
    sees = CheckSees(*replicas[i], endpoints[i], made->store());
  }
  testing_v1::DropStoreRequest drop;
  drop.set_store(made->store());
  const absl::Status dropped =
      Await(*replicas[0], &Provider::DropStore, drop, ProbeContext()).status();
  if (!sees.ok()) return sees;
  if (!dropped.ok()) {
    return Refusal(Concat("DropStore at ", endpoints[0]), StatusText(dropped),
                   "let DropStore remove the store that CreateStore made; "
                   "without it every run leaves stores behind");
  }
  return absl::OkStatus();
}

absl::StatusOr<Isolation> ChooseIsolation(
    std::optional<Isolation> asked, const v1::GetProviderInfoResponse& info,
    bool launched) {
  const bool has_stores = Declares(info, v1::CAPABILITY_ISOLATED_STORES);
  const bool wants_stores = asked == Isolation::kStore || (!asked && !launched);
  if (wants_stores && !has_stores) {
    return Refusal(
        "GetProviderInfo",
        Concat("provider \"", info.name(),
               "\", which does not declare ISOLATED_STORES"),
        Concat("every case needs a store of its own: ", kTestService,
               "; or let the runner start it anew for each case (--spawn), or "
               "judge it in its one store, whose content is lost "
               "(--isolation=shared)"));
  }
  if (asked == Isolation::kSpawn && !launched) {
    return absl::InvalidArgumentError(
        "--isolation=spawn: the runner does not start what is at an endpoint; "
        "give --spawn and no --endpoint");
  }
  if (asked == Isolation::kShared && !Declares(info, v1::CAPABILITY_ADMIN)) {
    return Refusal(
        "GetProviderInfo",
        Concat("provider \"", info.name(), "\", which does not declare ADMIN"),
        "without the administration the one store cannot be emptied "
        "between the cases; let the runner start the provider anew "
        "for each case (--spawn)");
  }
  if (asked) return *asked;
  return has_stores ? Isolation::kStore : Isolation::kSpawn;
}

}  // namespace duroxide::conformance
