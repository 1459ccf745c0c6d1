// ARP for Ethernet and IPv4 (RFC 826): 28 bytes.
//
//   0 htype 2 ptype 4 hlen 5 plen 6 op 8 sender MAC 14 sender IP 18 target MAC 24 target IP
#pragma once

#include <optional>
#include <span>

#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kArpSize = 28;
inline constexpr std::uint16_t kArpRequest = 1;
inline constexpr std::uint16_t kArpReply = 2;

struct Arp {
  std::uint16_t operation = kArpRequest;
  Mac sender_mac;
  Ipv4 sender_ip;
  Mac target_mac;
  Ipv4 target_ip;
  std::uint16_t hardware_type = 1;
  bool operator==(const Arp&) const = default;
};

/// Nothing when shorter than 28 bytes or not Ethernet/IPv4 sized (hlen 6, plen 4, ptype 0x0800).
std::optional<Arp> parse_arp(std::span<const std::uint8_t> bytes);
/// Writes kArpSize bytes.
void emit_arp(std::uint8_t* p, const Arp& arp);

}  // namespace lvslab::wire
