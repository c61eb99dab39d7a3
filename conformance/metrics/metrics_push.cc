#include "conformance/metrics/metrics_push.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <utility>

#include "conformance/text.h"
#include "prometheus/gateway.h"

namespace duroxide::conformance {
namespace {

constexpr std::chrono::seconds kPeriod(10);

// What the library wants to know of a URL: it puts a colon between both.
struct Place {
  std::string scheme_and_host;
  // With the path, if there is one.
  std::string port;
};

absl::StatusOr<Place> ParseUrl(const std::string& url) {
  const std::string_view scheme = url.starts_with("http://")    ? "http://"
                                  : url.starts_with("https://") ? "https://"
                                                                : "";
  const size_t host_begin = scheme.size();
  const size_t path_begin = std::min(url.find('/', host_begin), url.size());
  std::string path = url.substr(path_begin);
  while (path.ends_with('/')) path.pop_back();
  const std::string authority = url.substr(host_begin, path_begin - host_begin);
  // In "[::1]" colons are part of the host.
  const size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos &&
                        authority.find(']', colon) == std::string::npos;
  const std::string host = has_port ? authority.substr(0, colon) : authority;
  const std::string port = has_port               ? authority.substr(colon + 1)
                           : scheme == "https://" ? "443"
                                                  : "80";
  if (scheme.empty() || host.empty() || port.empty() ||
      port.find_first_not_of("0123456789") != std::string::npos) {
    return absl::InvalidArgumentError(
        Concat("\"", url,
               "\" is no address of a push gateway; write "
               "http://HOST:PORT"));
  }
  return Place{.scheme_and_host = Concat(scheme, host),
               .port = Concat(port, path)};
}

// Machines that push the same job are told apart.
std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

}  // namespace

// What a push needs that nobody waits for any more.
struct MetricsPush::Shared {
  Shared(std::string its_url, const Place& place, const std::string& job,
         std::shared_ptr<prometheus::Collectable> its_source)
      : url(std::move(its_url)),
        source(std::move(its_source)),
        gateway(place.scheme_and_host, place.port, job,
                prometheus::Gateway::GetInstanceLabel(HostName())) {
    gateway.RegisterCollectable(source);
  }

  const std::string url;
  const std::shared_ptr<prometheus::Collectable> source;
  prometheus::Gateway gateway;
};

absl::StatusOr<std::unique_ptr<MetricsPush>> MetricsPush::Start(
    const std::string& url, const std::string& job,
    std::shared_ptr<prometheus::Collectable> source, absl::Duration patience) {
  const auto place = ParseUrl(url);
  if (!place.ok()) return place.status();
  std::unique_ptr<MetricsPush> push(new MetricsPush(
      std::make_shared<Shared>(url, *place, job, std::move(source)), patience));
  if (absl::Status pushed = push->Push(); !pushed.ok()) return pushed;
  push->pusher_ = std::jthread([pushing = push.get()](std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any ended;
    std::unique_lock lock(mutex);
    while (!ended.wait_for(lock, stop, kPeriod,
                           [&] { return stop.stop_requested(); })) {
      // The last push tells of a failure.
      pushing->Push().IgnoreError();
    }
  });
  return push;
}

MetricsPush::MetricsPush(std::shared_ptr<Shared> shared,
                         absl::Duration patience)
    : shared_(std::move(shared)), patience_(patience) {}

absl::Status MetricsPush::Push() {
  // The library sets no deadline, so that a gateway that never answers would
  // hold up the end of the program. Such a push is left to itself.
  std::packaged_task<int()> task(
      // PUT, which takes the place of the whole group; the library's Push is
      // POST, which leaves what has the name of no new metric.
      [shared = shared_] { return shared->gateway.PushAdd(); });
  std::future<int> pushed = task.get_future();
  std::thread(std::move(task)).detach();
  const auto unavailable = [this](const auto&... why) {
    return absl::UnavailableError(
        Concat("the push gateway ", shared_->url, " ", why...));
  };
  if (pushed.wait_for(absl::ToChronoNanoseconds(patience_)) !=
      std::future_status::ready) {
    return unavailable("did not answer within ",
                       absl::FormatDuration(patience_));
  }
  // The HTTP status, or curl's error as a negative number.
  const int code = pushed.get();
  if (code < 0) return unavailable("cannot be reached: curl error ", -code);
  if (code < 200 || code > 299) {
    return unavailable("refused the metrics: HTTP status ", code);
  }
  return absl::OkStatus();
}

absl::Status MetricsPush::End() {
  pusher_.request_stop();
  if (pusher_.joinable()) pusher_.join();
  return Push();
}

}  // namespace duroxide::conformance
