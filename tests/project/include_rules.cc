#include "tests/project/include_rules.h"

#include <cstddef>
#include <regex>
#include <sstream>

namespace duroxide::project {
namespace {

// What a header is part of: a library, or a room of this project.
struct Part {
  std::string_view prefix;
  std::string_view name;
};

// The longest prefix that fits decides.
constexpr Part kParts[] = {
    // Libraries. The system's own headers that lie in folders come first.
    {"arpa/", "standard"},
    {"netinet/", "standard"},
    {"sys/", "standard"},
    {"absl/", "Abseil"},
    {"google/protobuf/", "Protobuf"},
    {"grpc/", "gRPC"},
    {"grpcpp/", "gRPC"},
    {"sqlite3.h", "SQLite"},
    {"prometheus/", "Prometheus"},
    {"CLI/", "CLI11"},
    {"nlohmann/", "JSON"},
    {"gtest/", "GoogleTest"},
    {"gmock/", "GoogleTest"},
    {"gmock/gmock-matchers.h", "matchers"},
    {"gmock/gmock-more-matchers.h", "matchers"},
    // Rooms.
    {"duroxide/provider/", "messages"},
    {"providers/", "provider interface"},
    {"providers/errors.h", "reasons"},
    {"providers/provider_methods.h", "reasons"},
    {"providers/remote/", "remote provider"},
    {"providers/sqlite/", "SQLite engine"},
    {"cli/", "command lines"},
    {"logging/", "logging"},
    {"runtime/", "runtime"},
    {"server/", "server"},
    {"conformance/", "conformance"},
    {"conformance/case.h", "case writing"},
    {"conformance/fixture.h", "case writing"},
    {"conformance/builders.h", "case writing"},
    {"conformance/any_method.h", "case writing"},
    {"conformance/awkward_text.h", "case writing"},
    {"conformance/durations.h", "case writing"},
    {"conformance/every_kind.h", "case writing"},
    {"conformance/fetch_terms.h", "case writing"},
    {"conformance/matchers.h", "case writing"},
    {"conformance/model/", "case writing"},
    {"conformance/status_text.h", "case writing"},
    {"conformance/text.h", "case writing"},
    {"conformance/cases/", "cases"},
    {"conformance/stress/", "stress"},
    {"bench/", "bench"},
    {"tests/", "tests"},
};

// Parts that every file may know. Reasons are what the messages say of errors,
// and of which method.
constexpr std::string_view kCommon =
    "standard, Abseil, Protobuf, messages, reasons";

// What the files of a room may know besides: an arrow of the house each.
struct Rule {
  std::string_view prefix;
  std::string_view may_know;
};

// The longest prefix that fits decides.
constexpr Rule kRules[] = {
    {"providers/", "provider interface"},
    {"providers/errors.cc", "provider interface, gRPC"},
    {"providers/lean_stack.h", "gRPC"},
    {"providers/remote/", "provider interface, remote provider, gRPC"},
    {"providers/sqlite/", "provider interface, SQLite engine, SQLite"},
    {"cli/", "command lines, CLI11"},
    {"logging/", "logging, JSON"},
    {"runtime/", "provider interface, runtime"},
    {"runtime/metrics", "runtime, Prometheus"},
    {"runtime/replay/", "runtime"},
    {"runtime/system_activities.cc", "runtime, JSON"},
    {"runtime/trace_log.cc", "runtime, logging"},
    {"runtime/json.h", "JSON"},
    {"runtime/typed.h", "runtime"},
    {"server/",
     "provider interface, logging, command lines, server, gRPC, Prometheus, "
     "CLI11, JSON"},
    {"server/main.cc",
     "provider interface, logging, server, gRPC, Prometheus, CLI11, SQLite "
     "engine"},
    {"conformance/",
     "provider interface, command lines, conformance, case writing, matchers, "
     "stress, CLI11"},
    {"conformance/client.cc",
     "provider interface, conformance, remote provider"},
    {"conformance/embedded.cc",
     "provider interface, conformance, case writing, SQLite engine, server"},
    {"conformance/main.cc",
     "command lines, conformance, case writing, CLI11, SQLite engine"},
    {"conformance/metrics/",
     "provider interface, conformance, case writing, Prometheus"},
    {"conformance/outputs.cc", "conformance, case writing, server"},
    {"conformance/stress_outputs.cc",
     "conformance, case writing, stress, server"},
    {"conformance/reports/json.cc",
     "provider interface, conformance, case writing, JSON"},
    {"conformance/cases/", "case writing, cases"},
    {"conformance/stress/", "provider interface, runtime, stress"},
    {"conformance/stress/compare/", "stress, case writing"},
    {"conformance/stress/keep/", "stress, SQLite"},
    {"conformance/stress/metrics/", "stress, runtime, Prometheus"},
    {"conformance/stress/reports/", "stress, conformance, case writing, JSON"},
    {"cmake/", ""},
    {"examples/",
     "provider interface, remote provider, SQLite engine, runtime, stress"},
    {"bench/",
     "provider interface, remote provider, SQLite engine, runtime, server, "
     "bench, gRPC, SQLite, CLI11, JSON"},
    {"tests/",
     "provider interface, remote provider, SQLite engine, logging, command "
     "lines, runtime, "
     "server, conformance, case writing, cases, stress, tests, gRPC, SQLite, "
     "Prometheus, CLI11, JSON, GoogleTest, matchers"},
};

template <typename Entry, size_t n>
const Entry* LongestMatch(const Entry (&table)[n], std::string_view path) {
  const Entry* best = nullptr;
  for (const Entry& entry : table) {
    if (path.starts_with(entry.prefix) &&
        (best == nullptr || entry.prefix.size() > best->prefix.size())) {
      best = &entry;
    }
  }
  return best;
}

bool Contains(std::string_view list, std::string_view name) {
  // In commas of its own, so that no name is found within another.
  const auto enclosed = [](std::string_view text) {
    return ", " + std::string(text) + ", ";
  };
  return enclosed(list).find(enclosed(name)) != std::string::npos;
}

// The part's name; empty where there is none.
std::string_view PartOf(std::string_view header) {
  // Generated services bring gRPC along, whatever their messages are part of.
  if (header.ends_with(".grpc.pb.h")) return "gRPC";
  if (const Part* part = LongestMatch(kParts, header)) return part->name;
  return header.find('/') == std::string_view::npos ? "standard" : "";
}

}  // namespace

std::vector<Include> IncludesOf(std::string_view text) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*["<]([^">]+)[">])re");
  std::vector<Include> includes;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (std::regex_search(line, match, kInclude)) {
      includes.push_back({.line = number, .header = match[1]});
    }
  }
  return includes;
}

std::string Objection(std::string_view file, std::string_view header) {
  std::string objection;
  const Rule* rule = LongestMatch(kRules, file);
  if (rule == nullptr) {
    return objection.append("no rule covers ").append(file);
  }
  const std::string_view part = PartOf(header);
  if (part.empty()) {
    return objection.append("no part covers ").append(header);
  }
  if (Contains(kCommon, part) || Contains(rule->may_know, part)) return "";
  return objection.append(rule->prefix).append(" must not know ").append(part);
}

}  // namespace duroxide::project
