// A turn of the recording taken apart: one node handed one frame, or woken, and what was seen then.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/record.h"
#include "replay/event.h"

namespace lvslab::replay {

/// A command as an administrator typed it, with what it printed.
struct Command {
  std::string command, out, err, place;
  int status = 0;
};

/// One thing seen in a turn: what a Record of the run was.
struct Thing {
  EventKind kind = EventKind::kNote;
  std::uint64_t packet = 0, parent = 0;
  Tag tag;
  InterfaceIndex interface = kNoInterface;
  std::vector<std::uint8_t> bytes;  ///< frames: the real ones
  std::uint32_t zeros = 0;
  Note note;                         ///< kNote, kLost; words live as long as the index
  const Command* command = nullptr;  ///< kCommand
  bool frame() const { return kind == EventKind::kFrameIn || kind == EventKind::kFrameOut; }
};

struct Turn {
  std::uint64_t id = 0, cause = 0;
  std::uint64_t frame = 0;  ///< event in which the frame that arrived was sent, 0: woken
  Instant time;
  NodeIndex node = kNoNode;
  std::uint64_t packet = 0;
  Tag tag;
  Row first = 0;  ///< row of things[0]
  bool readable = true;
  std::vector<Thing> things;

  std::uint64_t event_of(std::size_t thing) const {
    return (id << 20) + thing + (frame == 0 ? 1 : 0);
  }
  Record record(std::size_t thing) const;
};

}  // namespace lvslab::replay
