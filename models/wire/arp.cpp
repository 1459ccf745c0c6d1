#include "wire/arp.h"

namespace lvslab::wire {

std::optional<Arp> parse_arp(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kArpSize) return std::nullopt;
  const std::uint8_t* p = bytes.data();
  if (load16(p + 2) != 0x0800 || p[4] != 6 || p[5] != 4) return std::nullopt;
  return Arp{.operation = load16(p + 6),
             .sender_mac = Mac::load(p + 8),
             .sender_ip = Ipv4::load(p + 14),
             .target_mac = Mac::load(p + 18),
             .target_ip = Ipv4::load(p + 24),
             .hardware_type = load16(p)};
}

void emit_arp(std::uint8_t* p, const Arp& arp) {
  store16(p, arp.hardware_type);
  store16(p + 2, 0x0800);
  p[4] = 6;
  p[5] = 4;
  store16(p + 6, arp.operation);
  arp.sender_mac.store(p + 8);
  arp.sender_ip.store(p + 14);
  arp.target_mac.store(p + 18);
  arp.target_ip.store(p + 24);
}

}  // namespace lvslab::wire
