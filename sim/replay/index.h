// What is kept of a recording in memory: who is who, and for each turn where its events begin in
// the list, when and where it was and whose packet it was about. Read once, then shared by readers
// in several threads, unchanged.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "replay/database.h"
#include "replay/recording.h"
#include "replay/turn.h"

namespace lvslab::replay {

struct TurnEntry {
  std::uint64_t id = 0;
  std::uint64_t packet = 0;
  std::int64_t time = 0;    ///< ps
  std::uint32_t first = 0;  ///< row of its first event
  std::uint32_t node = 0;   ///< the highest bit: a frame arrived
  std::uint32_t traffic = 0, connection = 0;

  static constexpr std::uint32_t kArrived = 0x80000000;
  NodeIndex node_index() const { return node & ~kArrived; }
  bool arrived() const { return (node & kArrived) != 0; }
};

/// A turn in which a packet is seen that is not the turn's own.
struct OtherPacket {
  std::uint32_t turn = 0;  ///< index
  std::uint64_t packet = 0;
  auto operator<=>(const OtherPacket&) const = default;
};

struct Index {
  std::string path;
  std::map<std::string, std::string> meta;
  std::string scenario;
  trace::Scene scene;
  std::deque<std::string> words;              ///< by number - 1; what notes point to
  std::map<std::uint64_t, Command> commands;  ///< by event
  std::vector<TurnEntry> turns;
  std::vector<OtherPacket> others;  ///< in order
  Row rows = 0;

  static Result<Index> read(const std::string& path, const Database& db,
                            const Recording::Progress& progress);
  std::size_t turn_of_row(Row row) const;  ///< row < rows
  std::optional<std::size_t> turn_of_id(std::uint64_t turn_id) const;
  Row end_of(std::size_t turn) const {
    return turn + 1 < turns.size() ? turns[turn + 1].first : rows;
  }
  std::string_view word(std::int64_t number) const;
  /// Turns in which `packet` is seen, next to `turn` (excluded) in a direction; none within
  /// `reach` turns.
  std::optional<std::size_t> next_turn_with(std::uint64_t packet, std::size_t turn,
                                            Direction direction, std::size_t reach) const;
  /// Whose connection a packet that is not its turn's own belongs to, as the turns around say.
  Tag tag_of(std::uint64_t packet, std::size_t turn) const;
};

}  // namespace lvslab::replay
