// Capture filters in the language of pcap-filter(7), as tcpdump takes them: host, net, port, proto
// with their directions and protocols, and, or, not, comparisons of bytes. Read once, then asked
// for every frame.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "admin/commands/tcpdump_print.h"

namespace lvslab::admin {

/// A frame as filters see it. A VLAN tag is out of the way, as a live capture has it.
struct FilterFrame {
  FrameBytes bytes;        ///< with the Ethernet header, or none on a tunnel
  FrameBytes network;      ///< behind it
  std::uint16_t type = 0;  ///< EtherType
  int vlan = -1;
  bool ethernet = true, outgoing = false;
};
FilterFrame filter_frame(const FrameBytes& bytes, bool ethernet, bool outgoing);

class PacketFilter {
 public:
  /// Empty text: everything passes. A mistake goes to `error`, as libpcap 1.10 words it.
  static PacketFilter parse(const Machine& machine, std::string_view text, std::string& error);
  bool passes(const FilterFrame& frame) const;

 private:
  friend class FilterReader;
  enum class Kind : std::uint8_t {
    kAnd,
    kOr,
    kNot,
    kNever,
    kAlways,
    kEtherType,  // value
    kProtocol,   // value: of IP
    kHost,       // value, mask; side; family
    kPort,       // value..high; side; protocol 0: tcp, udp or sctp
    kEtherHost,  // mac; side
    kBroadcast,  // at link level
    kMulticast,
    kIpBroadcast,
    kIpMulticast,
    kVlan,  // value, or any
    kInbound,
    kOutbound,
    kCompare,  // left, right: arithmetic; op
    kNumber,
    kLength,
    kLoad,       // bytes of a layer: protocol, left is the offset, value the size
    kArithmetic  // op
  };
  enum class Side : std::uint8_t { kEither, kSource, kDestination, kBoth };
  static bool chosen(Side side, bool from, bool to) {
    if (side == Side::kSource) return from;
    if (side == Side::kDestination) return to;
    return side == Side::kBoth ? from && to : from || to;
  }
  struct Node {
    Kind kind = Kind::kAlways;
    Side side = Side::kEither;
    std::uint16_t family = 0;   ///< kHost: EtherType, 0 any
    std::uint8_t protocol = 0;  ///< kPort, kLoad
    char op = 0;
    int left = -1, right = -1;
    std::uint64_t value = 0, high = 0;
  };
  bool test(const FilterFrame& frame, int node) const;
  bool test_addresses(const FilterFrame& frame, const Node& node) const;
  bool test_ports(const FilterFrame& frame, const Node& node) const;
  /// False: the bytes are not there, so the comparison fails.
  bool number(const FilterFrame& frame, int node, std::uint32_t& value) const;

  std::vector<Node> nodes_;
  int root_ = -1;
};

}  // namespace lvslab::admin
