#ifndef DUROXIDE_CONFORMANCE_STRESS_KEEP_RESULTS_H_
#define DUROXIDE_CONFORMANCE_STRESS_KEEP_RESULTS_H_

// The results database: every run that was told to be kept, in one SQLite file.
// The form is that of results_schema.sql, which others may read, too.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "conformance/stress/keep/record.h"

namespace duroxide::stress {

class Connection;

// Which runs; what is empty or 0 chooses none.
struct RunFilter {
  std::vector<int64_t> ids = {};
  // The commit's first characters, at least 4.
  std::string commit = {};
  std::string scenario = {};
  std::string provider = {};
  // The newest so many; 0 is all.
  size_t newest = 0;
  // Without them slots, samples, calls and histograms of calls stay empty,
  // which is what a long history needs.
  bool details = true;
};

// For one thread at a time. Several processes may use one file: they wait for
// each other, and a run is there whole or not at all.
class Results {
 public:
  // The scripts that bring a new file to the newest version, one a version.
  static std::span<const char* const> SchemaSteps();

  // Opens the file, and makes it where it is missing and `create` says so. An
  // older version is brought up to date, in one transaction.
  //
  // Errors: NOT_FOUND where it is missing, INVALID_ARGUMENT where it cannot be
  // opened or is a database of another program, FAILED_PRECONDITION where its
  // version is newer than this program, DATA_LOSS where it is damaged,
  // UNAVAILABLE where another process keeps it for half a minute. Nothing is
  // written to a file that is refused.
  static absl::StatusOr<Results> Open(const std::string& path, bool create);
  // The same with the steps of another version, for tests.
  static absl::StatusOr<Results> Open(const std::string& path, bool create,
                                      std::span<const char* const> steps);

  Results(Results&&) noexcept;
  Results& operator=(Results&&) noexcept;
  ~Results();

  // Keeps the run durably and returns its number; `record.id` says nothing.
  absl::StatusOr<int64_t> Add(const RunRecord& record);

  // The runs that fit all that the filter says, oldest first.
  absl::StatusOr<std::vector<RunRecord>> Read(const RunFilter& filter) const;

 private:
  Results(std::string path, std::unique_ptr<Connection> connection);

  std::string path_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace duroxide::stress

#endif  // DUROXIDE_CONFORMANCE_STRESS_KEEP_RESULTS_H_
