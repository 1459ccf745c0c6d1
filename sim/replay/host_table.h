// A host's tables at an instant: the recording's changes of state folded up to an event, in the
// columns that the real tools print.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "replay/event.h"

namespace lvslab::replay {

struct HostTable {
  struct Cell {
    std::string text;
    bool changed = false;  ///< by what happened since the event's turn began
    bool operator==(const Cell&) const = default;
  };
  struct Line {
    std::vector<Cell> cells;
    bool removed = false;  ///< went in this turn: shown for the last time
    Row since = kNoRow;    ///< the event that made the line what it is
  };
  std::string name;     ///< "addresses", "routes", "neighbours", "macs", "ipvs", "connections",
                        ///< "sockets"
  std::string command;  ///< what prints it on a real host: "ip addr", "ipvsadm -Ln" ...
  std::vector<std::string> columns;
  std::vector<Line> lines;
  std::uint64_t more = 0;  ///< lines left out (at most kMostLines are given)
};
inline constexpr std::size_t kMostLines = 2'000;

}  // namespace lvslab::replay
