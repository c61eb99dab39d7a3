#ifndef DUROXIDE_CONFORMANCE_CASES_SAMPLE_WORLD_H_
#define DUROXIDE_CONFORMANCE_CASES_SAMPLE_WORLD_H_

// A store with something of everything in it, for cases that treat all methods
// alike.

#include <string>
#include <string_view>
#include <vector>

#include "conformance/any_method.h"
#include "conformance/fixture.h"

namespace duroxide::conformance {

// What is there: order-1, which runs and whose turn is held; order-2, which
// continued as new and completed, and its child order-2/child; order-3, whose
// first turn is held; order-4, whose start waits in the queue. Activities:
// three that are held, one of them in a session, and two that wait. The case
// relies on the locks: they are held for HoldTime from the beginning.
//
// For each method there is a request that goes with it.
class SampleWorld {
 public:
  // Fills `store`, which has to be empty.
  SampleWorld(Fixture& t, std::string store);
  // Fills the case's own.
  explicit SampleWorld(Fixture& t) : SampleWorld(t, t.store()) {}

  const std::string& store() const { return store_; }

  // A request that succeeds in this world, of the method's type, with each
  // field set that may be set, the request id excepted. Requests that use up
  // the same lock do not succeed one after the other: ack and renewal are of
  // one lock, the abandon is of another.
  AnyMessage RequestFor(const AnyMethod& method) const;

  // Sends that request to each of the methods. All must succeed.
  void ExpectAccepts(const std::vector<const AnyMethod*>& methods) const;
  // To each method that the provider serves, in an order in which all succeed.
  void ExpectAcceptsAll() const;

  // All is as it was at the beginning: what the reading methods tell, and the
  // work that waits, which this takes out.
  void ExpectUnchanged(std::string_view context) const;

 private:
  template <typename Request, typename Response>
  Response Do(ProviderMethod<Request, Response> method, Request request) const;

  void AddInstances();
  void AddActivities();

  void Enqueue(const v1::WorkItem& message) const;
  v1::LockedOrchestrationItem Fetch(std::string_view instance) const;
  void EnqueueWork(const v1::WorkItem& activity) const;
  v1::LockedWorkItem FetchWork() const;

  // What the reading methods tell.
  std::vector<std::string> Look() const;

  // sample_requests.cc: completes a request of each type.
  template <typename Request>
  AnyMessage Make() const;
  template <typename Request>
  void Fill(Request& request) const;

  Fixture& t_;
  const std::string store_;
  // The locks of order-1 and order-3.
  std::string turn_;
  std::string first_turn_;
  // The locks of two activities.
  std::string activity_;
  std::string other_activity_;
  std::vector<std::string> at_first_;
};

// How long the locks of a world are held, and what its requests ask for: far
// longer than a case takes.
absl::Duration HoldTime(const Fixture& t);

// Puts the name of a store into a request of any type.
void SetStore(google::protobuf::Message& request, std::string_view store);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_CASES_SAMPLE_WORLD_H_
