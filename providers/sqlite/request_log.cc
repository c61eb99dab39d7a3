#include "providers/sqlite/request_log.h"

#define XXH_INLINE_ALL  // the header alone: nothing to link
#include <xxhash.h>

#include <optional>
#include <string>

#include "duroxide/provider/v1/errors.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "providers/errors.h"
#include "providers/sqlite/moment.h"

namespace duroxide::sqlite {
namespace {

// Stands for the fingerprints that another version of the engine made.
constexpr int64_t kUnknown = 0;

// How many old outcomes go at a time.
constexpr int64_t kForgetAtOnce = 256;

absl::Status ErrorOf(std::string_view bytes) {
  provider::v1::ErrorDetail detail;
  detail.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return MakeError(detail.reason(), detail.message());
}

// The outcome that is known for the id, if any.
std::optional<absl::Status> Recall(Connection& db,
                                   const RequestIdentity& identity,
                                   google::protobuf::Message& response) {
  Rows rows = db.Query(
      "SELECT fingerprint, error, response FROM request_outcomes"
      " WHERE store_key = ? AND request_id = ?",
      identity.store, identity.request_id);
  if (!rows.Next()) return std::nullopt;
  const int64_t fingerprint = rows.Int(0);
  if (fingerprint != kUnknown && fingerprint != identity.fingerprint) {
    return InvalidField("request_id",
                        "was used for another request; make a new id for each");
  }
  if (!rows.IsNull(1)) return ErrorOf(rows.Bytes(1));
  const std::string_view bytes = rows.Bytes(2);
  response.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  return absl::OkStatus();
}

void Record(Connection& db, const RequestIdentity& identity,
            const absl::Status& status,
            const google::protobuf::Message& response) {
  std::string error_bytes;
  std::string response_bytes;
  std::optional<Blob> error;
  std::optional<Blob> success;
  if (status.ok()) {
    response_bytes = response.SerializeAsString();
    success = Blob{response_bytes};
  } else {
    error_bytes = DetailOf(status).SerializeAsString();
    error = Blob{error_bytes};
  }
  db.Run(
      "INSERT INTO request_outcomes (store_key, request_id, fingerprint,"
      " recorded_us, error, response) VALUES (?, ?, ?, ?, ?, ?)",
      identity.store, identity.request_id, identity.fingerprint, NowUs(), error,
      success);
}

// True where sending the request again can come to nothing else.
bool IsFinal(const absl::Status& status) {
  return status.ok() ||
         (!IsRetryable(status) &&
          ReasonOf(status) != provider::v1::ERROR_REASON_INVALID_REQUEST &&
          ReasonOf(status) != provider::v1::ERROR_REASON_INTERNAL);
}

// Takes a request in pieces: it may have megabytes.
class Hashing final : public google::protobuf::io::CopyingOutputStream {
 public:
  Hashing() { XXH3_64bits_reset(&state_); }

  bool Write(const void* bytes, int size) override {
    XXH3_64bits_update(&state_, bytes, static_cast<size_t>(size));
    return true;
  }
  int64_t hash() const {
    return static_cast<int64_t>(XXH3_64bits_digest(&state_));
  }

 private:
  XXH3_state_t state_;
};

}  // namespace

// It has to notice mistakes of callers, not attacks, and be quick on megabytes.
int64_t Fingerprint(const google::protobuf::Message& request) {
  Hashing hashing;
  google::protobuf::io::CopyingOutputStreamAdaptor stream(&hashing);
  {
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    coded.WriteString(request.GetTypeName());
    request.SerializeToCodedStream(&coded);
  }
  stream.Flush();
  return hashing.hash();
}

Outcome DoOnce(Connection& db, const RequestIdentity& identity,
               google::protobuf::Message& response,
               const std::function<absl::Status()>& work) {
  if (identity.request_id.empty()) {
    absl::Status status = work();
    return {.status = status, .keep = status.ok()};
  }
  if (std::optional<absl::Status> known = Recall(db, identity, response)) {
    return {.status = *known, .keep = false};
  }
  // Nothing was done in the request's savepoint yet, so that it serves here.
  absl::Status status = TryInSavepoint(db, work);
  if (!IsFinal(status) || !db.InTransaction()) {
    return {.status = status, .keep = false};
  }
  Record(db, identity, status, response);
  return {.status = status, .keep = true};
}

void ForgetOldOutcomes(Connection& db, int64_t now_us) {
  // Row ids go by age: the walk from the front ends at the first young one.
  db.Run(
      "DELETE FROM request_outcomes WHERE outcome_key IN"
      " (SELECT outcome_key FROM request_outcomes ORDER BY outcome_key LIMIT ?)"
      " AND recorded_us < ?",
      kForgetAtOnce, now_us - absl::ToInt64Microseconds(kOutcomeLifetime));
}

}  // namespace duroxide::sqlite
