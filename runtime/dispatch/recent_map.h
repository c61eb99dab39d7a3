#ifndef DUROXIDE_RUNTIME_DISPATCH_RECENT_MAP_H_
#define DUROXIDE_RUNTIME_DISPATCH_RECENT_MAP_H_

#include <cstddef>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace duroxide::runtime {

// Values by name, of which only those that were put in or looked at last are
// kept. Not thread-safe.
template <typename Value>
class RecentMap {
 public:
  explicit RecentMap(size_t capacity) : capacity_(capacity) {}

  // Null where there is none. Good until the next change.
  Value* Find(std::string_view key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  // Returns what had to go: the value that was there under this key, and the
  // oldest one where there are too many.
  std::vector<Value> Put(std::string_view key, Value value) {
    std::vector<Value> gone;
    if (Value* found = Find(key)) {
      gone.push_back(std::exchange(*found, std::move(value)));
      return gone;
    }
    entries_.emplace_front(std::string(key), std::move(value));
    // The key's text stays where it is as long as the entry lives.
    index_.emplace(entries_.front().first, entries_.begin());
    if (entries_.size() > capacity_) {
      index_.erase(entries_.back().first);
      gone.push_back(std::move(entries_.back().second));
      entries_.pop_back();
    }
    return gone;
  }

  // What was there is returned; a default value where nothing was.
  Value Take(std::string_view key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return Value();
    const auto entry = found->second;
    Value value = std::move(entry->second);
    index_.erase(found);
    entries_.erase(entry);
    return value;
  }

  size_t size() const { return entries_.size(); }

 private:
  using Entries = std::list<std::pair<std::string, Value>>;

  const size_t capacity_;
  Entries entries_;  // the latest first
  std::unordered_map<std::string_view, typename Entries::iterator> index_;
};

}  // namespace duroxide::runtime

#endif  // DUROXIDE_RUNTIME_DISPATCH_RECENT_MAP_H_
