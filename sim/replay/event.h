// One thing seen in a run, as a line of the event list shows it. A row is a place in that list,
// from 0; an event's id is that of the recording (its turn * 2^20 + its place in the turn, see
// trace/sqlite_schema.h).
#pragma once

#include <cstdint>
#include <string>

#include "base/record.h"

namespace lvslab::replay {

using Row = std::uint64_t;
inline constexpr Row kNoRow = ~Row{0};

enum class EventKind : std::uint8_t { kFrameIn, kFrameOut, kNote, kLost, kCommand };

/// What colours an event: the highest protocol of its frame. Notes have that of their packet.
enum class Protocol : std::uint8_t { kNone, kEthernet, kArp, kIp, kTunnel, kIcmp, kUdp, kTcp };

struct Event {
  Row row = kNoRow;
  std::uint64_t id = 0;
  Instant time;
  NodeIndex node = kNoNode;
  InterfaceIndex interface = kNoInterface;  ///< of a frame
  EventKind kind = EventKind::kNote;
  NoteKind note = NoteKind::kNoteKindCount;  ///< of kNote and kLost
  std::uint64_t packet = 0;                  ///< 0: about none
  Tag tag;                                   ///< whose connection, 0: nobody's
  Protocol protocol = Protocol::kNone;
  bool dropped = false;  ///< a packet ended here without being delivered
  std::string stage;     ///< "in eth0", "PREROUTING", "routing", "neighbour" ...
  std::string type;      ///< "ARP", "TCP", or what a note is: "ipvs-picked"; "command"
  std::string source;    ///< address and port, or a MAC's owner; empty if it has none
  std::string destination;
  std::string info;  ///< a frame's summary, a note's sentence, a command
};

}  // namespace lvslab::replay
