#ifndef DUROXIDE_CONFORMANCE_JUDGE_H_
#define DUROXIDE_CONFORMANCE_JUDGE_H_

// How a case checks what it sees. The public half is for cases; they reach it
// through `t`, a Fixture (fixture.h).

#include <source_location>
#include <sstream>
#include <string>
#include <type_traits>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/interval.h"
#include "conformance/text.h"
#include "duroxide/provider/v1/errors.pb.h"
#include "gmock/gmock-matchers.h"
#include "providers/provider.h"

namespace duroxide::conformance {

// A matcher for T, and the line of the case that named it.
template <typename T>
struct MatcherHere {
  template <typename M>
  // NOLINTNEXTLINE(google-explicit-constructor): matchers convert.
  MatcherHere(const M& from,
              std::source_location location = std::source_location::current())
      : matcher(::testing::SafeMatcherCast<const T&>(from)), where(location) {}

  ::testing::Matcher<const T&> matcher;
  std::source_location where;
};

// A reason, and the line of the case that named it.
struct ReasonHere {
  // NOLINTNEXTLINE(google-explicit-constructor): reasons convert.
  ReasonHere(v1::ErrorReason from,
             std::source_location location = std::source_location::current())
      : reason(from), where(location) {}

  v1::ErrorReason reason;
  std::source_location where;
};

// The checks. A check that does not hold ends the case at once: it does not
// return. All checks may be made from the threads of Fixture::Concurrently too.
//
// The matchers are GoogleMock's and those of conformance/matchers.h. The
// `context` of a check is anything that can be written to a stream; it is shown
// only where the check fails, joined without blanks.
class Judge {
 public:
  virtual ~Judge() = default;

  // `value` matches.
  //
  //   t.Expect(first.attempt_count(), 1u, "first fetch of ", first);
  template <typename T, typename... Context>
  void Expect(const T& value, MatcherHere<std::type_identity_t<T>> matcher,
              const Context&... context) {
    ::testing::StringMatchResultListener explanation;
    if (matcher.matcher.MatchAndExplain(value, &explanation)) return;
    std::ostringstream expected;
    matcher.matcher.DescribeTo(&expected);
    std::string seen = ::testing::PrintToString(value);
    if (!explanation.str().empty()) seen += ", " + explanation.str();
    Fail(expected.str(), seen, Concat(context...), matcher.where);
  }

  // `value` matches, and that is due to a lock or a delay that still holds.
  // Where the runner was too slow to be sure that it did, the check proves
  // nothing: the case is run again with longer times, and reported as
  // inconclusive where that does not help.
  //
  //   t.ExpectDuring(first.held, t.TryFetchOrchestrationItem(), NoItem());
  template <typename T, typename... Context>
  void ExpectDuring(const Interval& interval, const T& value,
                    MatcherHere<std::type_identity_t<T>> matcher,
                    const Context&... context) {
    RequireSurely(interval, matcher.where);
    Expect<T>(value, std::move(matcher), context...);
  }

  // The call was answered with an error of this reason, and with the status
  // code that goes with the reason (WIRE-2).
  template <typename... Context>
  void ExpectError(const absl::Status& status, ReasonHere reason,
                   const Context&... context) {
    CheckError(status, reason.reason, Concat(context...), reason.where);
  }
  template <typename T, typename... Context>
  void ExpectError(const absl::StatusOr<T>& result, ReasonHere reason,
                   const Context&... context) {
    CheckError(result.status(), reason.reason, Concat(context...),
               reason.where);
  }

  // The call was answered with no error.
  void ExpectOk(const absl::Status& status,
                std::source_location where = std::source_location::current());
  template <typename T>
  void ExpectOk(const absl::StatusOr<T>& result,
                std::source_location where = std::source_location::current()) {
    ExpectOk(result.status(), where);
  }

  // Ends the case as failed.
  [[noreturn]] void Fail(
      const std::string& expected, const std::string& seen,
      const std::string& context = "",
      std::source_location where = std::source_location::current());

  // Goes on only while `interval` surely holds; see ExpectDuring.
  void RequireSurely(
      const Interval& interval,
      std::source_location where = std::source_location::current());

 protected:
  // Why a failure now would prove nothing about the provider, because the
  // runner was too slow; empty where it would prove something.
  virtual std::string Doubt() const = 0;

 private:
  void CheckError(const absl::Status& status, v1::ErrorReason reason,
                  const std::string& context, std::source_location where);
};

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_JUDGE_H_
