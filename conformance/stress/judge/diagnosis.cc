#include "conformance/stress/judge/diagnosis.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "conformance/stress/judge/figures.h"
#include "conformance/stress/judge/series.h"
#include "conformance/stress/measure/processes.h"
#include "conformance/stress/stress_config.h"

namespace duroxide::stress {
namespace {

// From here on the slowest percent is told from chance.
constexpr uint64_t kEnoughForTail = 100;
constexpr double kLongTail = 5;
// A wait below this is nothing that anybody minds.
constexpr absl::Duration kShortTail = absl::Milliseconds(10);
// Fewer instances than that come and go by chance.
constexpr uint64_t kEnoughForRate = 30;
constexpr uint64_t kEnoughForTrend = 60;
constexpr double kFalls = 0.85;
constexpr double kRises = 1.1;
constexpr double kBackwards = 0.95;
constexpr double kRateReached = 0.95;
constexpr double kMemoryGrows = 1.1;
constexpr double kLeastMemory = 8.0 * (1 << 20);
// Bytes for an instance.
constexpr double kLedger = 8 * 1024;
constexpr double kHandlesGrow = 1.2;
constexpr double kLeastHandles = 10;
// A process that was not seen for so long before the end has ended.
constexpr absl::Duration kUnseen = absl::Seconds(3);
constexpr size_t kMostCalls = 5;

const SignOfTrouble* SignNamed(std::string_view id) {
  const auto found =
      std::ranges::find(SignsOfTrouble(), id, &SignOfTrouble::id);
  assert(found != SignsOfTrouble().end());
  return &*found;
}

double Number(uint64_t count) { return static_cast<double>(count); }

std::string MillisecondsText(absl::Duration time) {
  return WithUnit(absl::ToDoubleMilliseconds(time), "ms");
}

std::string MiBText(double bytes) {
  return absl::StrFormat("%.1f MiB", bytes / (1 << 20));
}

std::string RateText(double rate) { return WithUnit(rate, "orchestrations/s"); }

// Gathers what one load shows.
class Look {
 public:
  Look(const StressResult& result, std::vector<Diagnosis>& found)
      : result_(result),
        where_(absl::StrCat(result.scenario, " ", Label(result.config))),
        found_(found) {}

  void All() {
    Check();
    Success();
    Latency();
    FallingThroughput();
    Rate();
    Processes();
    Lag();
  }

 private:
  void Add(std::string_view id, std::vector<std::string> seen) {
    found_.push_back(
        {.sign = SignNamed(id), .where = where_, .seen = std::move(seen)});
  }

  void Check() {
    if (result_.findings.empty()) return;
    std::vector<std::string> seen;
    for (const Finding& finding : result_.findings) {
      seen.push_back(absl::StrFormat("%s: %d, such as %s", finding.kind,
                                     finding.count, finding.example));
    }
    Add("check_failed", std::move(seen));
  }

  void Success() {
    const Outcomes& ended = result_.outcomes;
    const uint64_t never =
        result_.started - std::min(result_.started, ended.total());
    if (result_.started > 0 && ended.completed() == 0) {
      std::vector<std::string> seen = {absl::StrFormat(
          "%d instances started in %s, none completed, %d failed",
          result_.started,
          absl::FormatDuration(
              absl::Trunc(result_.elapsed, absl::Milliseconds(100))),
          ended.failed())};
      AddErrors(seen);
      Add("no_throughput", std::move(seen));
      return;
    }
    if (ended.failed() == 0 && never == 0) return;
    std::vector<std::string> seen = {absl::StrFormat(
        "%d of %d instances completed, %.3f %%", ended.completed(),
        std::max(result_.started, ended.total()),
        100 * Number(ended.completed()) /
            Number(std::max(result_.started, ended.total())))};
    for (const Outcome outcome :
         {Outcome::kInfrastructure, Outcome::kConfiguration,
          Outcome::kApplication}) {
      if (ended.of(outcome) == 0) continue;
      seen.push_back(absl::StrFormat(
          "%s: %d", std::string(OutcomeName(outcome)), ended.of(outcome)));
    }
    if (never > 0) seen.push_back(absl::StrFormat("never ended: %d", never));
    AddErrors(seen);
    Add("success_below_100", std::move(seen));
  }

  // The errors that units and calls ended with.
  void AddErrors(std::vector<std::string>& seen) const {
    for (const std::string& error : result_.errors) {
      seen.push_back(absl::StrCat("error: ", error));
    }
    std::vector<std::pair<uint64_t, std::string>> calls;
    for (const auto& [method, figures] : result_.calls) {
      for (const auto& [code, count] : figures.by_code) {
        if (code == "OK") continue;
        calls.emplace_back(count, absl::StrCat(method, " ", code));
      }
    }
    std::ranges::sort(calls, std::greater<>());
    calls.resize(std::min(calls.size(), kMostCalls));
    for (const auto& [count, what] : calls) {
      seen.push_back(absl::StrFormat("calls that failed: %s, %d", what, count));
    }
  }

  void Latency() {
    const Histogram& latency = result_.latency;
    if (latency.count() < kEnoughForTail) return;
    const absl::Duration half = latency.Percentile(0.5);
    const absl::Duration slow = latency.Percentile(0.99);
    if (slow < kShortTail || slow < kLongTail * half) return;
    std::vector<std::string> seen = {absl::StrFormat(
        "half of the instances took up to %s, the slowest percent %s or more "
        "(%.0f times as long), the slowest %s",
        MillisecondsText(half), MillisecondsText(slow),
        absl::FDivDuration(slow, std::max(half, absl::Microseconds(1))),
        MillisecondsText(latency.max()))};
    // The call with the most time in its tail.
    const auto worst = std::ranges::max_element(
        result_.calls, {}, [](const auto& call) { return TailOf(call); });
    if (worst != result_.calls.end() && TailOf(*worst) > absl::ZeroDuration()) {
      seen.push_back(absl::StrFormat(
          "longest tail of the calls: %s, p50 %s, p99 %s", worst->first,
          MillisecondsText(worst->second.latency.Percentile(0.5)),
          MillisecondsText(worst->second.latency.Percentile(0.99))));
    }
    Add("latency_varies", std::move(seen));
  }

  // Fetches wait for work; that is no tail.
  static absl::Duration TailOf(
      const std::pair<const std::string, CallFigures>& call) {
    if (call.first.starts_with("Fetch")) return absl::ZeroDuration();
    return call.second.latency.Percentile(0.99) -
           call.second.latency.Percentile(0.5);
  }

  void FallingThroughput() {
    const auto thirds = ThirdsOf(SteadyRates());
    if (result_.steady_completed < kEnoughForTrend || !thirds ||
        thirds->last.mean > kFalls * thirds->first.mean ||
        !Differ(thirds->first, thirds->last)) {
      return;
    }
    Add("throughput_falls",
        {absl::StrFormat("%s in the first third of the steady part, %s in the "
                         "last: %.0f %% less",
                         RateText(thirds->first.mean),
                         RateText(thirds->last.mean),
                         100 - 100 * thirds->last.mean / thirds->first.mean)});
  }

  // By slot of the steady part.
  std::vector<double> SteadyRates() const {
    std::vector<double> rates;
    if (result_.slots.empty()) return rates;
    const absl::Duration begin = result_.config.warm_up;
    // A load without warm-up may be over sooner.
    const absl::Duration end =
        std::min(begin + result_.steady, result_.elapsed);
    const absl::Duration length = result_.slots.front().length;
    if (length <= absl::ZeroDuration()) return rates;
    for (const Slot& slot : result_.slots) {
      if (slot.begin < begin || slot.begin + length > end) continue;
      rates.push_back(Number(slot.ended.completed()) /
                      absl::ToDoubleSeconds(length));
    }
    // Where nothing happens any more there are no slots.
    for (absl::Duration at = result_.slots.back().begin + length;
         at + length <= end; at += length) {
      rates.push_back(0);
    }
    return rates;
  }

  void Rate() {
    const double wanted = result_.config.rate;
    const double seen = result_.orchestrations_per_second();
    if (wanted <= 0 || seen >= kRateReached * wanted ||
        result_.outcomes.completed() == 0) {
      return;
    }
    std::vector<std::string> lines = {absl::StrFormat(
        "%s completed, %s asked for", RateText(seen), NumberText(wanted))};
    if (const auto most = MostPerSecond(result_); most && *most < wanted) {
      lines.push_back(absl::StrCat("the delay of the activities allows ",
                                   RateText(*most), " at most"));
    }
    Add("rate_not_reached", std::move(lines));
  }

  void Processes() {
    for (const ProcessUse& process : result_.processes) {
      if (process.samples.empty()) continue;
      if (result_.elapsed - process.samples.back().at > kUnseen) {
        Add("process_ended",
            {absl::StrFormat("%s was seen last after %s of %s", process.name,
                             SecondsText(process.samples.back().at),
                             SecondsText(result_.elapsed))});
      }
      Growth(process);
    }
  }

  static std::string SecondsText(absl::Duration time) {
    return absl::FormatDuration(absl::Trunc(time, absl::Milliseconds(100)));
  }

  void Growth(const ProcessUse& process) {
    const auto thirds = [&](uint64_t ProcessSample::*figure) {
      std::vector<double> values;
      for (const ProcessSample& sample : process.samples) {
        if (sample.at < result_.config.warm_up) continue;
        values.push_back(Number(sample.*figure));
      }
      return ThirdsOf(values);
    };
    if (const auto memory = thirds(&ProcessSample::resident_bytes);
        memory && KeepsGrowing(*memory, kMemoryGrows, LeastGrowth(process))) {
      const double growth = memory->last.mean - memory->first.mean;
      std::vector<std::string> seen = {absl::StrFormat(
          "%s: %s in the first third of the load, %s in the last", process.name,
          MiBText(memory->first.mean), MiBText(memory->last.mean))};
      if (result_.outcomes.completed() > 0) {
        // Between the middles of both thirds lie two thirds of the load.
        seen.push_back(absl::StrFormat(
            "about %.1f KiB for each completed instance",
            growth / 1024 / (Number(result_.outcomes.completed()) * 2 / 3)));
      }
      Add("memory_grows", std::move(seen));
    }
    for (const auto& [figure, what] :
         {std::pair(&ProcessSample::open_files, "open files"),
          std::pair(&ProcessSample::threads, "threads")}) {
      const auto handles = thirds(figure);
      if (!handles || !KeepsGrowing(*handles, kHandlesGrow, kLeastHandles)) {
        continue;
      }
      Add("handles_grow",
          {absl::StrFormat("%s: %.0f %s in the first third of the load, %.0f "
                           "in the last",
                           process.name, handles->first.mean, what,
                           handles->last.mean)});
    }
  }

  // What a process may grow by. The runner keeps a ledger of what it has
  // started, so as to prove that nothing is lost.
  double LeastGrowth(const ProcessUse& process) const {
    if (process.name != Runner().name) return kLeastMemory;
    return kLeastMemory + kLedger * Number(result_.outcomes.total());
  }

  void Lag() {
    if (result_.certified()) return;
    Add("runner_late",
        {absl::StrFormat("late for %.1f %% of the time, %s at most; up to "
                         "%.0f %% is certified",
                         100 * result_.lag.ratio,
                         MillisecondsText(result_.lag.longest),
                         100 * StressResult::kMostLag)});
  }

  const StressResult& result_;
  const std::string where_;
  std::vector<Diagnosis>& found_;
};

int ConcurrencyOf(const StressResult& result) {
  return result.config.orchestration_concurrency +
         result.config.worker_concurrency;
}

// Nothing where no process was watched.
std::string ProcessorsText(const StressResult& result) {
  if (result.processes.empty() || result.elapsed <= absl::ZeroDuration()) {
    return "";
  }
  absl::Duration cpu;
  for (const ProcessUse& process : result.processes) cpu += process.cpu();
  return absl::StrFormat(
      "at %s the watched processes used %.1f processors", Label(result.config),
      absl::ToDoubleSeconds(cpu) / absl::ToDoubleSeconds(result.elapsed));
}

// Compares each setting with the next higher one of the same load.
void Scaling(ResultGroup group, std::vector<Diagnosis>& found) {
  std::ranges::stable_sort(group, {}, [](const StressResult* result) {
    return ConcurrencyOf(*result);
  });
  for (size_t i = 1; i < group.size(); ++i) {
    const StressResult& low = *group[i - 1];
    const StressResult& high = *group[i];
    const double before = low.orchestrations_per_second();
    const double after = high.orchestrations_per_second();
    // An open loop that keeps up has no more to do.
    const bool asked_for =
        high.config.rate > 0 && after >= kRateReached * high.config.rate;
    if (ConcurrencyOf(low) == ConcurrencyOf(high) ||
        low.steady_completed < kEnoughForRate || after >= kRises * before ||
        asked_for) {
      continue;
    }
    std::vector<std::string> seen = {
        absl::StrFormat("%s at %s, %s at %s: %.2f times as many",
                        RateText(before), Label(low.config), RateText(after),
                        Label(high.config), after / before)};
    if (std::string busy = ProcessorsText(high); !busy.empty()) {
      seen.push_back(std::move(busy));
    }
    found.push_back(
        {.sign = SignNamed(after < kBackwards * before ? "scaling_backwards"
                                                       : "no_scaling"),
         .where = high.scenario,
         .seen = std::move(seen)});
  }
}

}  // namespace

std::string Diagnosis::text() const {
  std::string text = absl::StrCat(std::string(sign->title), " (", where, ")\n");
  for (const std::string& line : seen) {
    absl::StrAppend(&text, "  seen    ", line, "\n");
  }
  for (const std::string_view cause : sign->causes) {
    absl::StrAppend(&text, "  likely  ", std::string(cause), "\n");
  }
  for (const std::string_view step : sign->next_steps) {
    absl::StrAppend(&text, "  next    ", std::string(step), "\n");
  }
  return text;
}

std::vector<Diagnosis> Diagnose(std::span<const StressResult> results) {
  std::vector<Diagnosis> found;
  for (const StressResult& result : results) Look(result, found).All();
  for (const ResultGroup& group : GroupsOf(results)) Scaling(group, found);
  std::ranges::stable_partition(
      found, [](const Diagnosis& one) { return one.sign->fault; });
  return found;
}

}  // namespace duroxide::stress
