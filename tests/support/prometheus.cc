#include "tests/support/prometheus.h"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "tests/support/http_get.h"

namespace duroxide::testing_support {
namespace {

constexpr const char* kPrometheus = DUROXIDE_PROMETHEUS_PROGRAM;
constexpr const char* kPromtool = DUROXIDE_PROMTOOL_PROGRAM;

std::string Encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      encoded += c;
      continue;
    }
    char escape[4];
    std::snprintf(escape, sizeof(escape), "%%%02X",
                  static_cast<unsigned>(static_cast<unsigned char>(c)));
    encoded += escape;
  }
  return encoded;
}

}  // namespace

Prometheus::Prometheus(const std::string& target) {
  const std::string config = folder_.File("prometheus.yml");
  std::ofstream(config) << "global: {scrape_interval: 500ms, "
                           "scrape_timeout: 500ms}\n"
                           "scrape_configs:\n"
                           "  - job_name: test\n"
                           "    static_configs: [{targets: ['"
                        << target << "']}]\n";
  process_ = std::make_unique<ChildProcess>(
      kPrometheus,
      std::vector<std::string>{"--config.file=" + config,
                               "--storage.tsdb.path=" + folder_.File("data"),
                               "--web.listen-address=127.0.0.1:0"});
  const std::string line = process_->WaitForError("Listening on");
  const std::string before_port = "address=127.0.0.1:";
  const size_t at = line.find(before_port);
  if (at == std::string::npos ||
      process_->WaitForError("Server is ready").empty()) {
    throw std::runtime_error(std::string(kPrometheus) +
                             " does not start: " + process_->error());
  }
  port_ = std::stoi(line.substr(at + before_port.size()));
}

Prometheus::~Prometheus() = default;

std::optional<double> Prometheus::Query(const std::string& promql) const {
  const std::string answer =
      HttpGet(port_, "/api/v1/query?query=" + Encoded(promql));
  const size_t body = answer.find("\r\n\r\n");
  if (body == std::string::npos) return std::nullopt;
  const auto json =
      nlohmann::json::parse(answer.substr(body + 4), nullptr, false);
  if (json.is_discarded() || json.value("status", "") != "success") {
    return std::nullopt;
  }
  const auto& results = json["data"]["result"];
  if (results.size() != 1) return std::nullopt;
  return std::stod(results[0]["value"][1].get<std::string>());
}

std::string CheckMetrics(const std::string& text) {
  const TempDir folder;
  const std::string file = folder.File("metrics.txt");
  std::ofstream(file) << text;
  ChildProcess promtool(
      "/bin/sh", {"-c", std::string(kPromtool) + " check metrics < " + file});
  const int code = promtool.Wait();
  std::string said = promtool.output() + promtool.error();
  if (code != 0) said += "exit code " + std::to_string(code);
  return said;
}

}  // namespace duroxide::testing_support
