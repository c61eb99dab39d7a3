#ifndef DUROXIDE_CONFORMANCE_REPLAY_VALUE_MAP_H_
#define DUROXIDE_CONFORMANCE_REPLAY_VALUE_MAP_H_

// What a provider makes up, and so is another thing each time: lock tokens,
// names of stores, page tokens and the readings of its clock.

#include <cstdint>
#include <map>
#include <string>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace duroxide::conformance {

// Knows what takes the place of what when calls are sent again.
class ValueMap {
 public:
  // `began_ms` is what the provider's clock showed when the calls were first
  // made, and `begins_ms` what it shows now that they are made again.
  ValueMap(uint64_t began_ms, uint64_t begins_ms)
      : began_ms_(began_ms),
        begins_ms_(begins_ms),
        moment_by_then_({{began_ms, begins_ms}}) {}

  uint64_t begins_ms() const { return begins_ms_; }

  // From now on `now` takes the place of `then`. The first wins.
  void Learn(const std::string& then, const std::string& now);
  // The same of what the provider's clock showed, where it is not far from what
  // was to be expected.
  void LearnMoment(uint64_t then_ms, uint64_t now_ms);

  // Learns from two answers to one request: what the provider made up stands at
  // the same place in both.
  void LearnFrom(const google::protobuf::Message& then,
                 const google::protobuf::Message& now);

  // Puts everything in `message` that was made up then into the words of now.
  // A moment within a day of the first run's begin was made from what the
  // provider's clock had shown, and is moved by as much as the nearest moment
  // that is known.
  void Translate(google::protobuf::Message& message) const;

 private:
  std::string Translated(const std::string& then) const;
  uint64_t Translated(uint64_t then_ms) const;
  bool IsNearBegin(uint64_t then_ms) const;

  const uint64_t began_ms_;
  const uint64_t begins_ms_;
  std::map<std::string, std::string> now_by_then_;
  // Holds the begin, so it is never empty.
  std::map<uint64_t, uint64_t> moment_by_then_;
};

// Two readings of a clock that are no farther apart may stand for each other.
inline constexpr uint64_t kNearMs = 10'000;

// True for fields that hold a moment in milliseconds.
bool IsMoment(const google::protobuf::FieldDescriptor& field);

}  // namespace duroxide::conformance

#endif  // DUROXIDE_CONFORMANCE_REPLAY_VALUE_MAP_H_
