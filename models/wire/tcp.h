// TCP (RFC 793, 7323, 2018) with the options a Linux host sends, and TOA (kind 254: the client's
// address in front of a FULLNAT director).
//
//   0 sport 2 dport 4 seq 8 ack 12 offset:4 13 flags 14 window 16 checksum 18 urgent 20 options
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "base/packet.h"
#include "wire/address.h"

namespace lvslab::wire {

inline constexpr std::uint32_t kTcpHeader = 20;
inline constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10,
                              kUrg = 0x20, kEce = 0x40, kCwr = 0x80;

struct TcpView {
  const std::uint8_t* p;
  std::uint16_t source_port() const { return load16(p); }
  std::uint16_t destination_port() const { return load16(p + 2); }
  std::uint32_t sequence() const { return load32(p + 4); }
  std::uint32_t acknowledgement() const { return load32(p + 8); }
  std::uint32_t header_length() const { return (p[12] >> 4) * 4u; }
  std::uint8_t flags() const { return p[13]; }
  std::uint16_t window() const { return load16(p + 14); }
  std::uint16_t checksum() const { return load16(p + 16); }
};

struct SackBlock {
  std::uint32_t left = 0, right = 0;
  bool operator==(const SackBlock&) const = default;
};

struct TcpOptions {
  std::optional<std::uint16_t> mss;
  bool sack_permitted = false;
  std::optional<std::uint8_t> window_scale;
  bool timestamps = false;
  std::uint32_t timestamp = 0, timestamp_echo = 0;
  std::uint8_t sack_count = 0;  ///< up to 4 blocks, 3 with timestamps
  SackBlock sack[4];
  std::optional<Endpoint> toa;
  bool operator==(const TcpOptions&) const = default;
};

/// A segment's header as a value.
struct TcpHeader {
  std::uint16_t source_port = 0, destination_port = 0;
  std::uint32_t sequence = 0, acknowledgement = 0;
  std::uint8_t flags = 0;
  std::uint16_t window = 0;
  TcpOptions options;
};

/// Reads options of a header whose length was checked; unknown kinds are skipped, a malformed list
/// ends the reading (what was read stays).
TcpOptions parse_tcp_options(std::span<const std::uint8_t> options);
/// Options in the order in which Linux writes them. SYN: MSS, SACK-permitted + timestamps (or NOP
/// NOP timestamps), NOP window scale. Others: NOP NOP timestamps, NOP NOP SACK. Returns bytes
/// written (<= 40, multiple of 4).
std::uint32_t emit_tcp_options(std::uint8_t* p, const TcpOptions& options, bool syn);
std::uint32_t tcp_options_length(const TcpOptions& options, bool syn);

/// Pushes header and options in front of the payload that `packet` holds, checksum right.
void push_tcp(Packet& packet, Ipv4 source, Ipv4 destination, const TcpHeader& header);
bool tcp_checksum_ok(const Packet& segment, Ipv4 source, Ipv4 destination);

/// "SYN, ACK" in Wireshark's order of flags.
std::string tcp_flags_text(std::uint8_t flags);

}  // namespace lvslab::wire
