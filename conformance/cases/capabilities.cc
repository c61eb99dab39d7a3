// What a provider says of itself, and what it must not do where it does not say
// that it does.

#include <set>
#include <string>

#include "conformance/any_method.h"
#include "conformance/case.h"
#include "conformance/cases/error_steps.h"
#include "conformance/cases/sample_world.h"
#include "conformance/durations.h"
#include "conformance/fixture.h"
#include "conformance/matchers.h"
#include "conformance/status_text.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::StartsWith;

// Sends a request that would succeed elsewhere to each method that needs
// `capability`. All must be CAPABILITY_ABSENT. Where the provider may leave out
// the whole service, it may leave out the detail, for all of its methods alike.
void ExpectAbsent(Fixture& t, v1::Capability capability,
                  bool may_lack_service) {
  const SampleWorld world(t);
  std::set<bool> have_details;
  for (const AnyMethod* method : MethodsThatNeed(capability)) {
    const absl::Status status = CallAny(t, *world.RequestFor(*method)).status();
    have_details.insert(HasDetail(status));
    if (HasDetail(status) || !may_lack_service) {
      ExpectDetailedError(t, status, v1::ERROR_REASON_CAPABILITY_ABSENT,
                          method->name);
      continue;
    }
    t.Expect(status.code(), absl::StatusCode::kUnimplemented, method->name,
             " said ", StatusText(status));
  }
  t.Expect(have_details.size(), 1u,
           "either all of the methods have a detail or none has");
  world.ExpectUnchanged("after the methods that are absent");
}

CONFORMANCE_CASE(
    capabilities, provider_info, .profile = Profile::kStrict,
    .clauses = {"WIRE-10", "WIRE-6", "WIRE-8"},
    .proves =
        "GetProviderInfo tells name, version, contract version, capabilities "
        "and limits, and the same every time. Each capability is one of the "
        "contract's and is named once, and the limits are such that one can "
        "work with them.",
    .procedure =
        "Ask for the info. Look at its fields: the contract version is 1.0, "
        "messages may have some size, a batch at least one item, and a wait "
        "some length where the provider has long polling. Ask again: all is "
        "the same but for the clock.",
    .likely_causes = {
        "A limit is left at 0, which is no limit but nothing at all.",
        "Capabilities are collected anew each time, in another order."}) {
  v1::GetProviderInfoResponse info = t.Do(&Provider::GetProviderInfo, {});
  t.Expect(info.name(), Not(IsEmpty()));
  t.Expect(info.version(), Not(IsEmpty()));
  t.Expect(info.contract_version(), StartsWith("1."));
  std::set<int> capabilities;
  for (const int capability : info.capabilities()) {
    t.Expect(v1::Capability_IsValid(capability), true, "capability ",
             capability);
    t.Expect(capability, Gt(0));
    t.Expect(capabilities.insert(capability).second, true,
             v1::Capability_Name(capability), " is named once");
  }
  // The smallest limit with which events and messages can be of any use.
  constexpr uint64_t kOneMebibyte = 1 << 20;
  t.Expect(info.limits().max_message_bytes(), Ge(kOneMebibyte));
  t.Expect(info.limits().max_batch_items(), Ge(1u));
  if (t.Has(v1::CAPABILITY_LONG_POLLING)) {
    t.Expect(FromProto(info.limits().max_poll_timeout()),
             Gt(absl::ZeroDuration()));
  }

  v1::GetProviderInfoResponse again = t.Do(&Provider::GetProviderInfo, {});
  info.clear_now_ms();
  again.clear_now_ms();
  t.Expect(again, IsMessage(info));
}

CONFORMANCE_CASE(
    capabilities, clock, .profile = Profile::kStrict, .clauses = {"WIRE-10"},
    .proves =
        "The provider's clock is in milliseconds since the Unix epoch, and "
        "runs: between two looks at it as much time passes as on the runner's "
        "clock.",
    .procedure =
        "Ask for the info, wait for half a lock time, and ask again. The clock "
        "is within a day of the runner's, and has moved by the time that lies "
        "between the two calls.",
    .likely_causes = {
        "The clock is in seconds or microseconds, or counts from the start.",
        "The info is made once, with its clock."}) {
  const auto look = [&] {
    const Moment sent = Now();
    const uint64_t now_ms = t.Do(&Provider::GetProviderInfo, {}).now_ms();
    return std::tuple(static_cast<int64_t>(now_ms), sent, Now());
  };
  const auto [first_ms, first_sent, first_received] = look();
  t.WaitUntilOver({first_sent, first_received, t.lock_timeout() / 2});
  const auto [second_ms, second_sent, second_received] = look();

  const absl::Duration offset = absl::FromUnixMillis(second_ms) - absl::Now();
  t.Expect(absl::AbsDuration(offset), Le(absl::Hours(24)), "clocks apart");
  // Clocks count in milliseconds, and may be slewed a little.
  const absl::Duration slack = absl::Milliseconds(10) + t.lock_timeout() / 100;
  t.Expect(absl::Milliseconds(second_ms - first_ms),
           AllOf(Ge(absl::FromChrono(second_sent - first_received) - slack),
                 Le(absl::FromChrono(second_received - first_sent) + slack)),
           "what has passed on the provider's clock");
}

CONFORMANCE_CASE(
    capabilities, what_is_declared_is_served, .profile = Profile::kStrict,
    .clauses = {"WIRE-10"},
    .proves =
        "Every method that needs no capability, and every one whose capability "
        "is declared, does its work.",
    .procedure =
        "Fill a store with something of everything. Send to every such method "
        "a request that goes with it: all succeed.",
    .likely_causes = {
        "A capability is declared for a part of its methods.",
        "The test service is not served although its capabilities are "
        "declared."}) {
  SampleWorld(t).ExpectAcceptsAll();
}

CONFORMANCE_CASE(
    capabilities, administration_is_absent, .profile = Profile::kStrict,
    .clauses = {"WIRE-10", "WIRE-2"}, .absent = {v1::CAPABILITY_ADMIN},
    .proves =
        "A provider without ADMIN answers every method of the administration "
        "with CAPABILITY_ABSENT, or with UNIMPLEMENTED where it does not serve "
        "it at all; and nothing is deleted.",
    .procedure =
        "Fill a store. Send to every method of the administration a request "
        "that would succeed elsewhere: each is UNIMPLEMENTED. All reads and "
        "both queues are as before.",
    .likely_causes = {
        "Some of the methods work, but the capability is not declared.",
        "A method that is not written yet says OK with nothing."}) {
  ExpectAbsent(t, v1::CAPABILITY_ADMIN, /*may_lack_service=*/true);
}

CONFORMANCE_CASE(
    capabilities, instance_stats_are_absent, .profile = Profile::kStrict,
    .clauses = {"WIRE-10", "WIRE-2"}, .absent = {v1::CAPABILITY_INSTANCE_STATS},
    .proves =
        "A provider without INSTANCE_STATS answers GetInstanceStats with "
        "CAPABILITY_ABSENT.",
    .procedure =
        "Fill a store and ask for the figures of an instance: "
        "CAPABILITY_ABSENT, with its detail, because the service is there.",
    .likely_causes = {
        "The method says that there are no figures.",
        "The method is left to the server's default, which has no detail."}) {
  ExpectAbsent(t, v1::CAPABILITY_INSTANCE_STATS, /*may_lack_service=*/false);
}

CONFORMANCE_CASE(
    capabilities, corruption_hook_is_absent, .profile = Profile::kStrict,
    .clauses = {"WIRE-10", "WIRE-2"},
    .absent = {v1::CAPABILITY_CORRUPTION_HOOK},
    .proves =
        "A provider without CORRUPTION_HOOK answers CorruptInstanceHistory and "
        "GetMaxAttemptCount with CAPABILITY_ABSENT, or with UNIMPLEMENTED "
        "where it does not serve tests at all; and no history is corrupt.",
    .procedure =
        "Fill a store. Send to both methods a request that would succeed "
        "elsewhere: each is UNIMPLEMENTED. All reads are as before.",
    .likely_causes = {
        "The methods work, but the capability is not declared."}) {
  ExpectAbsent(t, v1::CAPABILITY_CORRUPTION_HOOK, /*may_lack_service=*/true);
}

CONFORMANCE_CASE(
    capabilities, isolated_stores_are_absent, .profile = Profile::kStrict,
    .clauses = {"WIRE-10", "WIRE-2"},
    .absent = {v1::CAPABILITY_ISOLATED_STORES},
    .proves =
        "A provider without ISOLATED_STORES answers CreateStore and DropStore "
        "with CAPABILITY_ABSENT, or with UNIMPLEMENTED where it does not serve "
        "tests at all; and nothing is dropped.",
    .procedure =
        "Fill the store. Ask for another one, and drop one: each is "
        "UNIMPLEMENTED. All reads and both queues are as before.",
    .likely_causes = {
        "The methods work, but the capability is not declared."}) {
  ExpectAbsent(t, v1::CAPABILITY_ISOLATED_STORES, /*may_lack_service=*/true);
}

}  // namespace
}  // namespace duroxide::conformance
