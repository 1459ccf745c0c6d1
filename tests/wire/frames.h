// Bytes for the tests of models/wire: hexadecimal text to bytes, and frames as a Linux 6.1 host and
// director sent them (a client's SYN to a virtual service, the director's IPIP packet, ...).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/packet.h"
#include "base/random.h"

namespace lvslab::wire::testing {

using Bytes = std::vector<std::uint8_t>;

/// Pairs of hexadecimal digits; spaces are skipped.
inline Bytes hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high * 16 + digit));
      high = -1;
    }
  }
  return bytes;
}

inline Bytes random_bytes(Random& random, std::size_t size) {
  Bytes bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.bits());
  return bytes;
}

inline Bytes bytes_of(const Packet& packet) {
  return Bytes(packet.bytes().begin(), packet.bytes().end());
}

/// 10.9.0.10:40001 -> 192.168.1.100:80, as it reached the director.
inline Bytes recorded_syn() {
  return hex(
      "020000000300 020000000201 0800"
      "45 00 003c a646 4000 3f 06 c956 0a09000a c0a80164"
      "9c41 0050 4e82dd4f 00000000 a0 02 faf0 2db1 0000"
      "020405b4 0402 080ad16eb96c00000000 01 030307");
}

/// The same SYN as the director sent it on to 192.168.1.12 in a tunnel.
inline Bytes recorded_tunnelled_syn() {
  return hex(
      "020000001200 020000000300 0800"
      "45 00 0050 0000 4000 3e 04 b94b c0a80102 c0a8010c"
      "45 00 003c a646 4000 3e 06 ca56 0a09000a c0a80164"
      "9c41 0050 4e82dd4f 00000000 a0 02 faf0 2db1 0000"
      "020405b4 0402 080ad16eb96c00000000 01 030307");
}

/// 192.168.1.1 asks for 192.168.1.100.
inline Bytes recorded_arp_request() {
  return hex(
      "ffffffffffff 020000000201 0806"
      "0001 0800 06 04 0001 020000000201 c0a80101 000000000000 c0a80164");
}

/// 192.168.1.100 answers.
inline Bytes recorded_arp_reply() {
  return hex(
      "020000000201 020000000300 0806"
      "0001 0800 06 04 0002 020000000300 c0a80164 020000000201 c0a80101");
}

/// 10.0.0.1:4000 -> 10.0.0.2:12346, "abc", TOS 0xb9.
inline Bytes udp_frame() {
  return hex(
      "020000000202 020000000101 0800"
      "45 b9 001f 1234 4000 40 11 13df 0a000001 0a000002"
      "0fa0 303a 000b e798 616263");
}

/// Echo request 10.0.0.1 -> 10.0.0.2, id 1, sequence 2, 20 bytes of 'x'.
inline Bytes echo_frame() {
  return hex(
      "020000000202 020000000101 0800"
      "45 00 0030 1234 4000 40 01 1497 0a000001 0a000002"
      "08 00 4348 0001 0002 7878787878787878787878787878787878787878");
}

/// Port unreachable about a UDP packet 10.0.0.1:4000 -> 10.0.0.2:12346, of which 28 bytes are
/// quoted.
inline Bytes port_unreachable_frame() {
  return hex(
      "020000000202 020000000101 0800"
      "45 00 0038 1234 4000 40 01 148f 0a000001 0a000002"
      "03 03 39a5 00000000"
      "45 00 0080 1234 4000 40 11 1437 0a000001 0a000002"
      "0fa0 303a 006c 8311");
}

/// A SYN 10.0.0.1:40000 -> 10.0.0.2:12345 in VLAN 100, priority 3, drop eligible.
inline Bytes vlan_frame() {
  return hex(
      "020000000202 020000000101 8100 7064 0800"
      "45 00 003c 1234 4000 40 06 1486 0a000001 0a000002"
      "9c40 3039 000003e8 000007d0 a0 02 01f5 59d6 0000"
      "020405b4 0402 080a0000000100000000 01 030307");
}

/// An acknowledgement with timestamps and two SACK blocks.
inline Bytes sack_frame() {
  return hex(
      "020000000202 020000000101 0800"
      "45 00 0048 1234 4000 40 06 147a 0a000001 0a000002"
      "9c40 3039 000003e8 000007d0 d0 10 01f5 324b 0000"
      "01 01 080a0000000100000002 01 01 0512 00000001 00000005 0000000a 0000000f");
}

inline std::vector<Bytes> valid_frames() {
  return {recorded_syn(),
          recorded_tunnelled_syn(),
          recorded_arp_request(),
          recorded_arp_reply(),
          udp_frame(),
          echo_frame(),
          port_unreachable_frame(),
          vlan_frame(),
          sack_frame()};
}

}  // namespace lvslab::wire::testing
