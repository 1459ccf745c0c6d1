// Ethernet II and 802.1Q (IEEE 802.3, 802.1Q). No FCS and no padding are carried in a packet; the
// link adds both to the time a frame takes.
//
//   0        6        12      14        | with a tag:  12 0x8100  14 PCP:3 DEI:1 VID:12  16 type
//   | dst    | src    | type  | payload
#pragma once

#include <cstdint>
#include <span>

#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kEthernetHeader = 14;
inline constexpr std::uint32_t kVlanTag = 4;
inline constexpr std::uint32_t kMinFrame = 60;  ///< shorter frames are padded on the wire
inline constexpr std::uint32_t kFcs = 4;

enum class EtherType : std::uint16_t {
  kIpv4 = 0x0800,
  kArp = 0x0806,
  kVlan = 0x8100,
  kIpv6 = 0x86dd
};

/// `bytes` must hold kEthernetHeader bytes (checked by whoever calls parse-like code once).
struct EthernetView {
  const std::uint8_t* p;
  static bool fits(std::span<const std::uint8_t> bytes) { return bytes.size() >= kEthernetHeader; }
  Mac destination() const { return Mac::load(p); }
  Mac source() const { return Mac::load(p + 6); }
  std::uint16_t type() const { return load16(p + 12); }
  bool tagged() const { return type() == 0x8100; }
  /// With tagged(): bytes 14..17 must be there too.
  std::uint16_t vlan_id() const { return load16(p + 14) & 0x0fff; }
  std::uint8_t priority() const { return static_cast<std::uint8_t>(p[14] >> 5); }
  std::uint16_t inner_type() const { return load16(p + 16); }
};

inline void emit_ethernet(std::uint8_t* p, Mac destination, Mac source, std::uint16_t type) {
  destination.store(p);
  source.store(p + 6);
  store16(p + 12, type);
}

}  // namespace lvslab::wire
