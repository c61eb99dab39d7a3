#include "absl/strings/str_cat.h"
#include "bench/echo.h"
#include "bench/messages.h"
#include "bench/scenario.h"

namespace duroxide::bench {
namespace {

size_t AckBytes() {
  const Held held{.lock_token = "12345." + std::string(32, 'f'),
                  .instance = "stocked-12345",
                  .activity = 2};
  return AckOfActivity(held).ByteSizeLong();
}

absl::StatusOr<Sample> MeasureEcho(Workbench& bench, Transport transport,
                                   int in_flight) {
  const auto address = bench.FreeAddress(transport);
  if (!address.ok()) return address.status();
  const auto server = bench.StartProcess(
      {OwnProgram(), absl::StrCat("--serve-echo=", *address)});
  if (!server.ok()) return server.status();
  const auto echoes = MakeEchoes(*address, in_flight, AckBytes());
  if (!echoes.ok()) return echoes.status();
  return RunClosedLoop(*echoes, bench.duration(), **server);
}

}  // namespace

void AddEchoes(Scenarios& scenarios) {
  for (const Transport transport : {Transport::kUnix, Transport::kTcp}) {
    for (const int in_flight : {1, 8, 64}) {
      scenarios.push_back(
          {.name = absl::StrCat("echo/", NameOf(transport), "/", in_flight),
           .measure = [=](Workbench& bench) {
             return MeasureEcho(bench, transport, in_flight);
           }});
    }
  }
}

}  // namespace duroxide::bench
