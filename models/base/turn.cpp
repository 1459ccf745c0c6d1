#include "base/turn.h"

namespace lvslab {

std::string_view work_name(Work work) {
  switch (work) {
    case Work::kRoute:
      return "route";
    case Work::kDr:
      return "dr";
    case Work::kTun:
      return "tun";
    case Work::kNat:
      return "nat";
    case Work::kFullNat:
      return "fullnat";
    default:
      return "none";
  }
}

void Turn::clear() {
  transmissions_.clear();
  for (LogEntry& entry : log_) {
    if (entry.frame) pool_.retire(std::move(entry.frame));
  }
  log_.clear();
}

void Turn::log_transmit() {
  LogEntry entry{.kind = LogEntry::Kind::kTransmit};
  entry.index = static_cast<std::uint32_t>(transmissions_.size());
  log_.push_back(std::move(entry));
}

void Turn::log_note(std::uint64_t packet, const Note& note) {
  LogEntry entry{.kind = LogEntry::Kind::kNote};
  entry.packet = packet;
  entry.note = note;
  log_.push_back(std::move(entry));
}

void Turn::log_capture(InterfaceIndex interface, Direction direction, const Packet& packet) {
  LogEntry entry{.kind = LogEntry::Kind::kCapture};
  entry.interface = interface;
  entry.direction = direction;
  entry.frame = packet.share();
  log_.push_back(std::move(entry));
}

}  // namespace lvslab
