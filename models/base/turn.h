// One call of a node: it is handed the moment and what it may use, and writes down what it wants
// done. Nothing happens before the call returns. Whoever drives nodes (the simulated world, a live
// interface, a test) carries the turn out: frames to links, the log to watchers.
//
// Ports are a node's cables in order; interfaces are what frames are seen at. For a switch they are
// the same numbers; a host's virtual interfaces (lo, tunl0, VLANs) have no port of their own.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/note.h"
#include "base/packet.h"
#include "base/time.h"

namespace lvslab {

using PortIndex = std::uint16_t;
using InterfaceIndex = std::uint16_t;
inline constexpr InterfaceIndex kNoInterface = 0xffff;

enum class Direction : std::uint8_t { kIn, kOut };

/// What a host did with the frame at hand that costs its processor something; the driver knows how
/// much.
enum class Work : std::uint8_t { kNone, kRoute, kDr, kTun, kNat, kFullNat, kWorkCount };
/// "route", "dr" ...; as scenario files name them.
std::string_view work_name(Work work);

/// A frame to put on the cable of `port`; seen leaving at `interface`.
struct Transmission {
  Packet packet;
  PortIndex port;
  InterfaceIndex interface;
};

/// What watchers get of a turn, in the order in which it happened. For a virtual interface the
/// bytes are kept as a shared handle, so a capture costs no copy.
struct LogEntry {
  enum class Kind : std::uint8_t { kNote, kTransmit, kCapture } kind;
  Direction direction = Direction::kOut;    // kCapture
  InterfaceIndex interface = kNoInterface;  // kCapture
  std::uint32_t index = 0;                  // kTransmit: which transmission
  std::uint64_t packet = 0;                 // kNote: the packet it is about, 0 none
  Note note;                                // kNote
  Packet frame;                             // kCapture
};

class Turn {
 public:
  explicit Turn(PacketPool& pool) : pool_(pool) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  /// --- for nodes ------------------------------------------------------------------------------
  Instant now() const { return now_; }
  PacketPool& packets() { return pool_; }

  /// Whether notes on single packets and captures are wanted; ask before composing a costly note.
  bool watched() const { return level_ == WatchLevel::kEverything; }
  /// Whether notes per connection are wanted.
  bool reports() const { return level_ >= WatchLevel::kConnections; }

  void transmit(PortIndex port, Packet&& packet) { transmit(port, port, std::move(packet)); }
  void transmit(PortIndex port, InterfaceIndex interface, Packet&& packet) {
    if (watched()) log_transmit();
    transmissions_.push_back({std::move(packet), port, interface});
  }
  /// The packet arrived where it was meant to: somebody consumed it.
  void deliver(Packet&& packet) {
    ++delivered_;
    pool_.retire(std::move(packet));
  }
  void drop(Packet&& packet, DropReason reason) {
    if (watched()) {
      note(packet, {.kind = NoteKind::kDropped, .x = static_cast<std::uint32_t>(reason)});
    }
    ++dropped_[static_cast<std::size_t>(reason)];
    pool_.retire(std::move(packet));
  }
  /// A note on a packet (why), kept at level kEverything.
  void note(const Packet& about, Note note) {
    if (!watched()) return;
    note.tag = about.tag();
    log_note(about.id(), note);
  }
  /// A note on a table or about no packet, kept at level kEverything.
  void note(const Note& note) {
    if (watched()) log_note(0, note);
  }
  /// A note per connection or request, kept at level kConnections too. `packet` 0: none.
  void report(const Note& note, std::uint64_t packet = 0) {
    if (reports()) log_note(packet, note);
  }
  /// A frame seen at an interface without a cable.
  void capture(InterfaceIndex interface, Direction direction, const Packet& packet) {
    if (watched()) log_capture(interface, direction, packet);
  }
  /// The host's processor had this to do; where it takes time, frames of this turn leave only when
  /// it is through with them. The last word counts: what IPVS takes is not merely routed.
  void spend(Work work) { work_ = work; }

  /// --- for drivers and tests ------------------------------------------------------------------
  void begin(Instant now, WatchLevel level) {
    now_ = now;
    level_ = level;
    work_ = Work::kNone;
  }
  std::vector<Transmission>& transmissions() { return transmissions_; }
  std::vector<LogEntry>& log() { return log_; }
  Work work() const { return work_; }
  std::uint64_t delivered() const { return delivered_; }
  /// Packets dropped for each reason since the start; the driver keeps one Turn for all calls.
  const std::array<std::uint64_t, static_cast<std::size_t>(DropReason::kDropReasonCount)>& dropped()
      const {
    return dropped_;
  }
  void count_drop(DropReason reason) { ++dropped_[static_cast<std::size_t>(reason)]; }
  /// Forgets transmissions and log (their packets must have been moved out), keeps the counters.
  void clear();

 private:
  void log_transmit();
  void log_note(std::uint64_t packet, const Note& note);
  void log_capture(InterfaceIndex interface, Direction direction, const Packet& packet);

  PacketPool& pool_;
  Instant now_;
  WatchLevel level_ = WatchLevel::kNothing;
  Work work_ = Work::kNone;
  std::vector<Transmission> transmissions_;
  std::vector<LogEntry> log_;
  std::uint64_t delivered_ = 0;
  std::array<std::uint64_t, static_cast<std::size_t>(DropReason::kDropReasonCount)> dropped_{};
};

}  // namespace lvslab
