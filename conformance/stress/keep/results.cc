#include "conformance/stress/keep/results.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "conformance/stress/keep/read_run.h"
#include "conformance/stress/keep/results_schema_steps.h"
#include "conformance/stress/keep/statement.h"
#include "conformance/stress/keep/write_run.h"

namespace duroxide::stress {
namespace {

constexpr absl::Duration kBusyTimeout = absl::Seconds(30);

// "DURS": marks a file as a database of stress results.
constexpr int64_t kApplicationId = 0x44555253;

int64_t Number(Connection& connection, std::string_view sql) {
  Statement statement(connection, sql);
  return statement.Next() ? statement.Int(0) : 0;
}

// What is wrong with `path` as a whole, where a statement failed.
absl::Status About(const std::string& path, const absl::Status& error) {
  if (absl::IsDataLoss(error)) {
    return absl::DataLossError(absl::StrCat(
        path, " is damaged or no SQLite database (",
        std::string(error.message()), "); nothing was written to it"));
  }
  return absl::Status(error.code(),
                      absl::StrCat(path, ": ", std::string(error.message())));
}

absl::Status BringUpToDate(const std::string& path, Connection& connection,
                           std::span<const char* const> steps) {
  connection.Run("PRAGMA foreign_keys=ON");
  // Whoever comes at the same time waits here, and finds nothing left to do.
  connection.Run("BEGIN IMMEDIATE");
  const int64_t application = Number(connection, "PRAGMA application_id");
  const int64_t version = Number(connection, "PRAGMA user_version");
  const bool empty = Number(connection, "SELECT 1 FROM sqlite_master") == 0;
  if (!connection.error().ok()) return About(path, connection.error());
  if (application != kApplicationId && !(empty && application == 0)) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, " is a database of another program; name another file"));
  }
  const auto newest = static_cast<int64_t>(steps.size());
  if (version > newest) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " has schema version ", version, ", this program knows up to ",
        newest, "; nothing was written to it; use a newer duroxide-compat"));
  }
  for (int64_t step = version; step < newest; ++step) {
    connection.Run(steps[static_cast<size_t>(step)]);
  }
  if (version < newest) {
    connection.Run(absl::StrCat("PRAGMA application_id=", kApplicationId,
                                ";PRAGMA user_version=", newest));
  }
  connection.Run("COMMIT");
  if (!connection.error().ok()) return About(path, connection.error());
  return absl::OkStatus();
}

}  // namespace

std::span<const char* const> Results::SchemaSteps() {
  return kResultsSchemaSteps;
}

absl::StatusOr<Results> Results::Open(const std::string& path, bool create) {
  return Open(path, create, SchemaSteps());
}

absl::StatusOr<Results> Results::Open(const std::string& path, bool create,
                                      std::span<const char* const> steps) {
  std::error_code error;
  if (!create && !std::filesystem::exists(path, error)) {
    return absl::NotFoundError(absl::StrCat("there is no file ", path));
  }
  auto connection = Connection::Open(path, create, kBusyTimeout);
  if (!connection.ok()) return connection.status();
  if (absl::Status current = BringUpToDate(path, **connection, steps);
      !current.ok()) {
    return current;
  }
  return Results(path, *std::move(connection));
}

Results::Results(std::string path, std::unique_ptr<Connection> connection)
    : path_(std::move(path)), connection_(std::move(connection)) {}
Results::Results(Results&&) noexcept = default;
Results& Results::operator=(Results&&) noexcept = default;
Results::~Results() = default;

absl::StatusOr<int64_t> Results::Add(const RunRecord& record) {
  connection_->Reset();
  connection_->Run("BEGIN IMMEDIATE");
  const int64_t id = WriteRun(*connection_, record);
  connection_->Run("COMMIT");
  if (!connection_->error().ok()) return About(path_, connection_->error());
  return id;
}

absl::StatusOr<std::vector<RunRecord>> Results::Read(
    const RunFilter& filter) const {
  connection_->Reset();
  // One snapshot, whatever others write meanwhile.
  connection_->Run("BEGIN");
  absl::StatusOr<std::vector<RunRecord>> runs = ReadRuns(*connection_, filter);
  connection_->Run("COMMIT");
  if (!connection_->error().ok()) return About(path_, connection_->error());
  if (!runs.ok()) return About(path_, runs.status());
  return runs;
}

}  // namespace duroxide::stress
