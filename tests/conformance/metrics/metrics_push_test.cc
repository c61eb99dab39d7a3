#include "conformance/metrics/metrics_push.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "tests/support/http_sink.h"

namespace duroxide::conformance {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;
using testing_support::HttpSink;

// Long enough for every machine.
constexpr absl::Duration kLong = absl::Minutes(5);

class MetricsPushTest : public testing::Test {
 protected:
  std::string ProblemOf(const std::string& url,
                        absl::Duration patience = kLong) {
    return std::string(
        MetricsPush::Start(url, "job", registry_, patience).status().message());
  }

  static std::string UrlOf(const HttpSink& sink) {
    return "http://127.0.0.1:" + std::to_string(sink.port());
  }

  const std::shared_ptr<prometheus::Registry> registry_ =
      std::make_shared<prometheus::Registry>();
  prometheus::Counter& count_ = prometheus::BuildCounter()
                                    .Name("things_total")
                                    .Help("Things.")
                                    .Register(*registry_)
                                    .Add({});
};

TEST_F(MetricsPushTest, PushesAtOnceAndAtTheEnd) {
  const HttpSink sink("200 OK");
  auto push =
      MetricsPush::Start(UrlOf(sink), "duroxide_stress", registry_, kLong);
  ASSERT_TRUE(push.ok()) << push.status();
  ASSERT_THAT(sink.requests(), SizeIs(1));
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  EXPECT_THAT(sink.requests()[0],
              AllOf(StartsWith("PUT /metrics/job/duroxide_stress/instance/" +
                               std::string(host.data()) + " "),
                    EndsWith("things_total 0\n")));
  count_.Increment();
  EXPECT_TRUE((*push)->End().ok());
  EXPECT_THAT(sink.requests().back(), EndsWith("things_total 1\n"));
}

TEST_F(MetricsPushTest, KeepsThePathOfTheUrl) {
  const HttpSink sink("202 Accepted");
  EXPECT_EQ(ProblemOf(UrlOf(sink) + "/a/b/"), "");
  EXPECT_THAT(sink.requests().at(0), StartsWith("PUT /a/b/metrics/job/job/"));
}

TEST_F(MetricsPushTest, SaysWhereTheGatewayRefuses) {
  const HttpSink sink("400 Bad Request");
  EXPECT_EQ(ProblemOf(UrlOf(sink)),
            "the push gateway " + UrlOf(sink) +
                " refused the metrics: HTTP status 400");
}

TEST_F(MetricsPushTest, SaysWhereTheGatewayIsNotThere) {
  int port = 0;
  {
    const HttpSink gone("200 OK");
    port = gone.port();
  }
  const std::string url = "http://127.0.0.1:" + std::to_string(port);
  // 7: could not connect.
  EXPECT_EQ(ProblemOf(url),
            "the push gateway " + url + " cannot be reached: curl error 7");
}

TEST_F(MetricsPushTest, DoesNotWaitForeverForTheGateway) {
  const HttpSink sink("");
  EXPECT_EQ(ProblemOf(UrlOf(sink), absl::Milliseconds(100)),
            "the push gateway " + UrlOf(sink) + " did not answer within 100ms");
}

TEST_F(MetricsPushTest, SaysWhatIsNoUrl) {
  for (const char* url :
       {"", "localhost:9091", "ftp://a:1", "http://", "http://:9091",
        "http://a:b", "http:///metrics", "https://a:"}) {
    EXPECT_THAT(ProblemOf(url),
                HasSubstr("is no address of a push gateway; write "
                          "http://HOST:PORT"))
        << url;
  }
}

}  // namespace
}  // namespace duroxide::conformance
