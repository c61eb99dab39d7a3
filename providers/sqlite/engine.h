#ifndef DUROXIDE_PROVIDERS_SQLITE_ENGINE_H_
#define DUROXIDE_PROVIDERS_SQLITE_ENGINE_H_

// How a request comes to a room and its answer back to the caller: validation,
// the store, the request id, the transaction, the thread.

#include <cstdint>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "providers/observer.h"
#include "providers/provider.h"
#include "providers/sqlite/checkpoints.h"
#include "providers/sqlite/commit_queue.h"
#include "providers/sqlite/connection.h"
#include "providers/sqlite/connections.h"
#include "providers/sqlite/long_polls.h"
#include "providers/sqlite/open_calls.h"
#include "providers/sqlite/worker_threads.h"

namespace duroxide::sqlite {

// Thread-safe. Destroying it ends waiting fetches and finishes what was
// accepted.
class Engine {
 public:
  // What a room does for a request, given the store's key. Fills in the
  // response.
  using Room = absl::AnyInvocable<absl::Status(Connection&, int64_t store)>;

  // `shared_file`: other processes may have the database open.
  Engine(Connections connections, bool shared_file, EngineObserver* observer);
  ~Engine();

  // Answers a request that changes something. A request id is honoured
  // (WIRE-7).
  template <typename Request, typename Response>
  void Write(const Request* request, Response* response, Provider::Done done,
             Room room) {
    Submit({.request = request,
            .response = response,
            .store = StoreOf(*request),
            .request_id = RequestIdOf(*request),
            .room = std::move(room),
            .done = std::move(done)});
  }

  // The same for a request that ends a store: its outcome outlives the store,
  // and its request id belongs to the store's name, which no other store gets.
  template <typename Request, typename Response>
  void WriteAboutStore(const Request* request, Response* response,
                       Provider::Done done, Room room) {
    Submit({.request = request,
            .response = response,
            .store = StoreOf(*request),
            .about_store = true,
            .request_id = RequestIdOf(*request),
            .room = std::move(room),
            .done = std::move(done)});
  }

  // Answers a request that changes nothing, from one snapshot.
  template <typename Request, typename Response>
  void Read(const Request* request, Response* response, Provider::Done done,
            Room room) {
    SubmitRead({.request = request,
                .response = response,
                .store = StoreOf(*request),
                .room = std::move(room),
                .done = std::move(done)});
  }

  // Runs `read` on one snapshot and then `finish`, both off the writer's thread
  // where there are readers.
  void RunRead(CommitQueue::Work read, CommitQueue::Finish finish);

  // For calls that go around Write and Read: the engine does not end before
  // `done` has run.
  Provider::Done Track(Provider::Done done) {
    return calls_.Track(std::move(done));
  }

  // Makes visible again what ran out on a queue: locks, delays, sessions. On
  // the writer's thread, in a transaction.
  void FreeExpired(Connection& db, const QueueKey& queue);

  CommitQueue& queue() { return *queue_; }
  // For the writer's thread alone.
  LongPolls& polls() { return polls_; }

 private:
  // A request under way.
  struct Call {
    const google::protobuf::Message* request = nullptr;
    google::protobuf::Message* response = nullptr;
    std::string_view store = {};
    bool about_store = false;
    std::string_view request_id = {};
    int64_t fingerprint = 0;
    Room room = {};
    Provider::Done done = {};
    absl::Status status = {};

    void Finish(absl::Status committed);
  };

  template <typename Request>
  static std::string_view StoreOf(const Request& request) {
    if constexpr (requires { request.store(); }) return request.store();
    return {};
  }
  template <typename Request>
  static std::string_view RequestIdOf(const Request& request) {
    if constexpr (requires { request.request_id(); }) {
      return request.request_id();
    }
    return {};
  }

  void Submit(Call call);
  void SubmitRead(Call call);
  absl::Status RunWrite(Connection& db, Call& call);

  const bool has_readers_;
  EngineObserver* const observer_;
  // Requests with an id since old outcomes were last forgotten; the writer's.
  int recorded_ = 0;
  OpenCalls calls_;
  LongPolls polls_;
  // In the order of destruction from the last: the queue hands its answers to
  // the teller, and both hand reads to the readers, who also make the
  // checkpoints.
  std::unique_ptr<Checkpoints> checkpoints_;
  std::unique_ptr<WorkerThreads> readers_;
  // One thread, and no reads on it: answers to writes wait for no reader.
  std::unique_ptr<WorkerThreads> teller_;
  std::unique_ptr<CommitQueue> queue_;
};

}  // namespace duroxide::sqlite

#endif  // DUROXIDE_PROVIDERS_SQLITE_ENGINE_H_
