// The one stream that everything anyone watches is a fold of. The driver makes a Record for every
// frame that enters or leaves an interface, for every note of a turn, for every frame a link lost
// and for every command an administrator ran; a Watcher reads it and cannot reach a node.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/note.h"
#include "base/turn.h"

namespace lvslab {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xffffffff;

enum class RecordKind : std::uint8_t {
  kFrameIn,   ///< seen arriving at an interface
  kFrameOut,  ///< seen leaving an interface
  kNote,
  kLost,     ///< a link dropped the frame just sent; `note.x` is the DropReason, node/interface the
             ///< sender's
  kConsole,  ///< a command ended on a host: `console` is set
  kTurn,     ///< a turn begins: `cause` says which event made it (a frame's event, or 0)
};

/// What a command printed (kConsole).
struct ConsoleText {
  std::string_view command;
  int status = 0;
  std::string_view out;
  std::string_view err;
  std::string_view place;  ///< "file:line:column" of the command, or empty
};

struct Record {
  RecordKind kind;
  Instant time;
  std::uint64_t event = 0;  ///< number of the event (turn) this belongs to, from 1
  std::uint64_t cause = 0;  ///< event whose turn sent the frame or set the timer, 0: start or timer
  NodeIndex node = kNoNode;
  InterfaceIndex interface = kNoInterface;
  std::uint64_t packet = 0;  ///< packet id, 0: none
  std::uint64_t parent = 0;  ///< packet it is a fragment of
  Tag tag;
  std::span<const std::uint8_t> bytes;   ///< frames: real bytes (no Ethernet header on tunl0)
  std::uint32_t zeros = 0;               ///< frames: zero bytes that follow
  Note note;                             ///< kNote, kLost
  const ConsoleText* console = nullptr;  ///< kConsole
};

/// A frame seen at an interface; the record views the packet's bytes.
inline Record frame_record(RecordKind kind, InterfaceIndex interface, const Packet& packet) {
  return {.kind = kind,
          .interface = interface,
          .packet = packet.id(),
          .parent = packet.parent(),
          .tag = packet.tag(),
          .bytes = packet.bytes(),
          .zeros = packet.zeros()};
}

/// What happened in a turn as records, in order: `emit(record, out)` for each entry of its log,
/// `out` being the transmission it shows, or null. The driver adds time, event and node.
template <typename Emit>
void unfold_log(Turn& turn, Emit&& emit) {
  for (const LogEntry& entry : turn.log()) {
    switch (entry.kind) {
      case LogEntry::Kind::kNote:
        emit(Record{.kind = RecordKind::kNote,
                    .packet = entry.packet,
                    .tag = entry.note.tag,
                    .note = entry.note},
             nullptr);
        break;
      case LogEntry::Kind::kCapture:
        emit(frame_record(
                 entry.direction == Direction::kIn ? RecordKind::kFrameIn : RecordKind::kFrameOut,
                 entry.interface, entry.frame),
             nullptr);
        break;
      case LogEntry::Kind::kTransmit: {
        const Transmission& out = turn.transmissions()[entry.index];
        emit(frame_record(RecordKind::kFrameOut, out.interface, out.packet), &out);
        break;
      }
    }
  }
}

class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Views in the record are valid during the call only.
  virtual void on_record(const Record& record) = 0;
};

}  // namespace lvslab
