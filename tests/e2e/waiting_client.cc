// A client that waits for work until somebody kills it:
//   waiting_client ENDPOINT worker|orchestrator

#include <string_view>

#include "providers/await.h"
#include "tests/e2e/calls.h"
#include "tests/e2e/server_process.h"

int main(int argc, char** argv) {
  using namespace duroxide;
  if (argc != 3) return 2;
  const auto provider = e2e::Connect(argv[1]);
  const e2e::FetchOptions options = {.poll = absl::Hours(1)};
  const absl::Status ended =
      std::string_view(argv[2]) == "worker"
          ? Await(*provider, &Provider::FetchWorkItems, e2e::FetchWork(options))
                .status()
          : Await(*provider, &Provider::FetchOrchestrationItems,
                  e2e::FetchTurns(options))
                .status();
  return ended.ok() ? 0 : 1;
}
