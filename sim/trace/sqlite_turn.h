// What the recorder keeps of a turn until it is written as one row, and the numbers it gives to
// words.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/record.h"
#include "trace/sqlite_insert.h"
#include "trace/sqlite_schema.h"

namespace lvslab::trace {

/// A turn as its records come in: what of it will be one row.
struct OpenTurn {
  std::uint64_t id = 0, cause = 0, packet = 0, frame = 0;
  std::int64_t time = 0;
  NodeIndex node = kNoNode;
  std::uint32_t interface = 0;
  Tag tag;
  std::uint64_t places = 0;  ///< elements in log
  std::string log;
  // The first frame to leave, if it is of the turn's packet.
  std::uint64_t place = 0;  ///< 0: none
  std::uint32_t out = 0, zeros = 0;
  std::vector<std::uint8_t> bytes;

  bool empty() const { return frame == 0 && places == 0; }
  std::uint64_t event() const { return (id << kPlaceBits) + places; }
  /// A place for the next thing seen: its event's id.
  std::uint64_t next() {
    log += places++ == 0 ? '[' : ',';
    return event();
  }
  void clear() {
    log.clear();
    bytes.clear();
    *this = {.log = std::move(log), .bytes = std::move(bytes)};
  }
};

/// Numbers for texts that notes point to. Those live as long as the run, so that the place in
/// memory tells most of them; the numbers are given by content, in order of first use.
class Words {
 public:
  explicit Words(sqlite3* db) : insert_(db, "INSERT INTO words VALUES(?,?)") {}
  std::int64_t number(std::string_view word) {
    if (word.empty()) return 0;
    Known& known = known_[(reinterpret_cast<std::uintptr_t>(word.data()) >> 3) % known_.size()];
    if (known.data == word.data() && known.size == word.size()) return known.number;
    const auto [at, fresh] = numbers_.try_emplace(std::string(word), numbers_.size() + 1);
    if (fresh) insert_.row(static_cast<std::int64_t>(at->second), at->first);
    known = {word.data(), word.size(), static_cast<std::int64_t>(at->second)};
    return known.number;
  }
  bool good() const { return insert_.good(); }

 private:
  struct Known {
    const char* data = nullptr;
    std::size_t size = 0;
    std::int64_t number = 0;
  };
  std::array<Known, 512> known_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  Insert insert_;
};

}  // namespace lvslab::trace
