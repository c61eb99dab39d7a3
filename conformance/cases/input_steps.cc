#include "conformance/cases/input_steps.h"

#include <algorithm>
#include <string>

#include "conformance/cases/broken_requests.h"
#include "conformance/cases/sample_world.h"
#include "conformance/cases/steps.h"
#include "conformance/matchers.h"
#include "conformance/status_text.h"
#include "providers/errors.h"

namespace duroxide::conformance {
namespace {

std::vector<const AnyMethod*> MethodsNamed(
    const std::vector<std::string_view>& names) {
  std::vector<const AnyMethod*> methods;
  for (const std::string_view name : names) {
    methods.push_back(&*std::find_if(
        AllMethods().begin(), AllMethods().end(),
        [&](const AnyMethod& method) { return method.name == name; }));
  }
  return methods;
}

}  // namespace

void ExpectRefusesBrokenVersionsOf(Fixture& t,
                                   const google::protobuf::Message& sound,
                                   std::source_location where) {
  const AnyMethod& method = MethodFor(sound);
  const std::vector<BrokenRequest> all = BrokenVersionsOf(sound);
  SideBySide(t, all.size(), [&](size_t i) {
    const BrokenRequest& broken = all[i];
    const absl::Status status =
        method.call(t, *broken.request, /*filled_in=*/false).status();
    const std::string context =
        Concat(method.name, " whose ", broken.path, " ", broken.fault);
    t.ExpectError(status, {v1::ERROR_REASON_INVALID_REQUEST, where}, context);
    if (NamesField(DetailOf(status).message(), broken.field)) return;
    t.Fail(Concat("a message that names the field \"", broken.field, "\""),
           StatusText(status), context, where);
  });
}

void ExpectRefusesBrokenRequests(Fixture& t,
                                 const std::vector<std::string_view>& methods,
                                 std::source_location where) {
  const SampleWorld world(t);
  for (const AnyMethod* method : MethodsNamed(methods)) {
    ExpectRefusesBrokenVersionsOf(t, *world.RequestFor(*method), where);
  }
  world.ExpectUnchanged("after the malformed requests");
  world.ExpectAccepts(MethodsNamed(methods));
}

}  // namespace duroxide::conformance
