#include "net/switch.h"

#include <algorithm>

namespace lvslab::net {
namespace {

constexpr std::size_t kFirstCapacity = 16;

// 01:80:c2:00:00:0X: kept for the bridge protocols. Only BPDUs (X = 0) pass, as a bridge without
// spanning tree passes them.
bool reserved_group(wire::Mac mac) {
  return (mac.value & 0xfffffffffff0ULL) == 0x0180c2000000ULL && (mac.value & 0xf) != 0;
}

std::size_t slot_of(wire::Mac mac, std::uint16_t vlan, std::size_t capacity) {
  const std::uint64_t spread = (mac.value ^ (std::uint64_t{vlan} << 48)) * 0x9e3779b97f4a7c15ULL;
  return static_cast<std::size_t>(spread >> 32) & (capacity - 1);
}

}  // namespace

PortIndex Switch::add_port(SwitchPort port) {
  vlan_aware_ = vlan_aware_ || port.vlan_aware;
  ports_.push_back(std::move(port));
  return static_cast<PortIndex>(ports_.size() - 1);
}

MacEntry* Switch::find(wire::Mac mac, std::uint16_t vlan) {
  if (entries_.empty()) return nullptr;
  const std::size_t capacity = entries_.size();
  MacEntry* const entries = entries_.data();
  for (std::size_t i = slot_of(mac, vlan, capacity);; i = (i + 1) & (capacity - 1)) {
    MacEntry& entry = entries[i];
    if (entry.mac == mac && entry.vlan == vlan) return &entry;
    if (entry.mac.is_zero()) return nullptr;
  }
}

void Switch::grow() {
  std::vector<MacEntry> old = std::move(entries_);
  entries_.assign(std::max(kFirstCapacity, old.size() * 2), MacEntry{});
  used_ = 0;
  for (const MacEntry& entry : old) {
    if (entry.mac.is_zero()) continue;
    std::size_t i = slot_of(entry.mac, entry.vlan, entries_.size());
    while (!entries_[i].mac.is_zero()) i = (i + 1) & (entries_.size() - 1);
    entries_[i] = entry;
    ++used_;
  }
}

// 802.1D 7.8: every frame teaches where its sender is; a sender heard elsewhere has moved at once.
void Switch::learn(Turn& turn, wire::Mac mac, std::uint16_t vlan, PortIndex port) {
  if (MacEntry* known = find(mac, vlan); known != nullptr) [[likely]] {
    known->seen = turn.now();
    if (known->port == port) [[likely]]
      return;
    turn.note({.kind = NoteKind::kStateMac,
               .x = port,
               .y = vlan,
               .z = 2,
               .m = mac.value,
               .v = known->port});
    known->port = port;
    return;
  }
  if (entries_.empty() || used_ * 2 >= entries_.size()) grow();
  std::size_t i = slot_of(mac, vlan, entries_.size());
  while (!entries_[i].mac.is_zero()) i = (i + 1) & (entries_.size() - 1);
  entries_[i] = {mac, vlan, port, turn.now()};
  ++used_;
  turn.note({.kind = NoteKind::kStateMac, .x = port, .y = vlan, .z = 1, .m = mac.value});
  wake_at(turn.now() + aging_);
}

bool Switch::carries(PortIndex port, std::uint16_t vlan, bool* tagged) const {
  const SwitchPort& p = ports_[port];
  *tagged = false;
  if (!p.up) return false;
  if (!p.vlan_aware) return vlan == 1;
  if (p.pvid == vlan) return true;
  *tagged = true;
  return std::find(p.tagged.begin(), p.tagged.end(), vlan) != p.tagged.end();
}

void Switch::receive(Turn& turn, PortIndex port, Packet packet) {
  if (!wire::EthernetView::fits(packet.bytes()))
    return turn.drop(std::move(packet), DropReason::kBadFrame);
  const wire::EthernetView frame{packet.data()};
  const wire::Mac source = frame.source(), destination = frame.destination();
  if (source.is_zero() || source.is_group())
    return turn.drop(std::move(packet), DropReason::kBadFrame);
  std::uint16_t vlan = 1;
  if (vlan_aware_ && ports_[port].vlan_aware) {
    const SwitchPort& p = ports_[port];
    const bool tagged =
        frame.tagged() && packet.real_size() >= wire::kEthernetHeader + wire::kVlanTag;
    vlan = tagged && frame.vlan_id() != 0 ? frame.vlan_id() : p.pvid;
    const bool member = vlan != 0 && (vlan == p.pvid || std::find(p.tagged.begin(), p.tagged.end(),
                                                                  vlan) != p.tagged.end());
    if (!member) return turn.drop(std::move(packet), DropReason::kVlanFiltered);
    if (tagged) {  // inside, frames are untagged; the VLAN travels beside them
      const std::uint16_t type = frame.inner_type();
      packet.pull(wire::kEthernetHeader + wire::kVlanTag);
      wire::emit_ethernet(packet.push(wire::kEthernetHeader), destination, source, type);
    }
  }
  learn(turn, source, vlan, port);
  if (destination.is_group()) {
    if (reserved_group(destination))
      return turn.drop(std::move(packet), DropReason::kBridgeReserved);
    return flood(turn, vlan, port, std::move(packet), destination);
  }
  const MacEntry* known = find(destination, vlan);
  if (known == nullptr || turn.now() - known->seen >= aging_) {
    return flood(turn, vlan, port, std::move(packet), destination);
  }
  if (known->port == port) return turn.drop(std::move(packet), DropReason::kSameSegment);
  turn.note(
      packet,
      {.kind = NoteKind::kSwitchForward, .x = port, .y = known->port, .m = destination.value});
  send(turn, known->port, vlan, std::move(packet));
}

void Switch::flood(Turn& turn, std::uint16_t vlan, PortIndex ingress, Packet&& packet,
                   wire::Mac destination) {
  const auto count = static_cast<PortIndex>(ports_.size());
  bool tagged = false;
  PortIndex last = count;  // the last port gets the handle itself, the others share it
  std::uint32_t targets = 0;
  for (PortIndex port = 0; port < count; ++port) {
    if (port == ingress || !carries(port, vlan, &tagged)) continue;
    last = port;
    ++targets;
  }
  if (turn.watched()) {
    turn.note(packet, {.kind = NoteKind::kSwitchFlood,
                       .x = ingress,
                       .y = targets,
                       .m = destination.value,
                       .word = destination.is_broadcast() ? "broadcast"
                               : destination.is_group()   ? "multicast"
                                                          : "unknown destination"});
  }
  if (last == count) return turn.drop(std::move(packet), DropReason::kSameSegment);
  for (PortIndex port = 0; port < last; ++port) {
    if (port == ingress || !carries(port, vlan, &tagged)) continue;
    send(turn, port, vlan, packet.share());
  }
  send(turn, last, vlan, std::move(packet));
}

void Switch::send(Turn& turn, PortIndex port, std::uint16_t vlan, Packet&& packet) {
  bool tagged = false;
  if (vlan_aware_) {
    if (!carries(port, vlan, &tagged))
      return turn.drop(std::move(packet), DropReason::kVlanFiltered);
  } else if (!ports_[port].up) {
    return turn.drop(std::move(packet), DropReason::kLinkDown);
  }
  if (tagged) {
    const wire::EthernetView plain{packet.data()};
    const wire::Mac destination = plain.destination(), source = plain.source();
    const std::uint16_t type = plain.type();
    packet.pull(wire::kEthernetHeader);
    std::uint8_t* tag = packet.push(wire::kVlanTag);
    wire::store16(tag, vlan);
    wire::store16(tag + 2, type);
    wire::emit_ethernet(packet.push(wire::kEthernetHeader), destination, source,
                        static_cast<std::uint16_t>(wire::EtherType::kVlan));
  }
  turn.transmit(port, std::move(packet));
}

// Entries not heard from for the aging time go. Removal rebuilds the table: it is rare and keeps
// look-ups short.
void Switch::wake(Turn& turn) {
  next_wake_ = Instant::never();
  std::vector<MacEntry> keep, gone;
  for (const MacEntry& entry : entries_) {
    if (entry.mac.is_zero()) continue;
    (turn.now() - entry.seen >= aging_ ? gone : keep).push_back(entry);
  }
  for (const MacEntry& entry : keep) wake_at(entry.seen + aging_);
  if (gone.empty()) return;
  std::sort(gone.begin(), gone.end(), [](const MacEntry& a, const MacEntry& b) {
    return a.seen != b.seen ? a.seen < b.seen : a.mac < b.mac;
  });
  for (const MacEntry& entry : gone) {
    turn.note({.kind = NoteKind::kStateMac,
               .x = entry.port,
               .y = entry.vlan,
               .z = 0,
               .m = entry.mac.value});
  }
  replace_entries(keep);
}

void Switch::replace_entries(const std::vector<MacEntry>& keep) {
  entries_.assign(entries_.size(), MacEntry{});
  used_ = 0;
  for (const MacEntry& entry : keep) {
    std::size_t i = slot_of(entry.mac, entry.vlan, entries_.size());
    while (!entries_[i].mac.is_zero()) i = (i + 1) & (entries_.size() - 1);
    entries_[i] = entry;
    ++used_;
  }
}

// A port whose cable goes down forgets what it had learnt there.
void Switch::carrier_changed(Turn& turn, PortIndex port, bool up) {
  ports_[port].up = up;
  if (up) return;
  std::vector<MacEntry> keep;
  for (const MacEntry& entry : table(Instant::start())) {
    if (entry.port != port) {
      keep.push_back(entry);
      continue;
    }
    turn.note({.kind = NoteKind::kStateMac,
               .x = entry.port,
               .y = entry.vlan,
               .z = 0,
               .m = entry.mac.value});
  }
  if (!entries_.empty()) replace_entries(keep);
}

std::vector<MacEntry> Switch::table(Instant now) const {
  std::vector<MacEntry> list;
  for (const MacEntry& entry : entries_) {
    if (!entry.mac.is_zero() && now - entry.seen < aging_) list.push_back(entry);
  }
  std::sort(list.begin(), list.end(), [](const MacEntry& a, const MacEntry& b) {
    return a.vlan != b.vlan ? a.vlan < b.vlan : a.mac < b.mac;
  });
  return list;
}

}  // namespace lvslab::net
