// Whether a frame passes a capture filter. Reading filters stands in packet_filter_read.cpp.
#include "admin/commands/packet_filter.h"

#include "wire/ethernet.h"
#include "wire/ipv4.h"

namespace lvslab::admin {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800, kArp = 0x0806, kReverseArp = 0x8035, kVlanType = 0x8100;

std::uint64_t mac_at(const FrameBytes& bytes, std::uint32_t at) {
  return static_cast<std::uint64_t>(bytes.at16(at)) << 32 | bytes.at32(at + 2);
}

}  // namespace

FilterFrame filter_frame(const FrameBytes& bytes, bool ethernet, bool outgoing) {
  FilterFrame frame{.bytes = bytes, .ethernet = ethernet, .outgoing = outgoing};
  if (!ethernet) {
    frame.network = bytes;
    frame.type = kIpv4;
    return frame;
  }
  frame.network = bytes.from(wire::kEthernetHeader);
  frame.type = bytes.at16(12);
  if (frame.type == kVlanType) {
    frame.vlan = frame.network.at16(0) & 0x0fff;
    frame.type = frame.network.at16(2);
    frame.network = frame.network.from(wire::kVlanTag);
  }
  return frame;
}

bool PacketFilter::passes(const FilterFrame& frame) const {
  return root_ < 0 || test(frame, root_);
}

bool PacketFilter::test_addresses(const FilterFrame& frame, const Node& node) const {
  const bool arp = frame.type == kArp || frame.type == kReverseArp;
  if (frame.type != kIpv4 && !arp) return false;
  if (node.family != 0 && node.family != frame.type) return false;
  const std::uint32_t source = frame.network.at32(arp ? 14 : 12);
  const std::uint32_t destination = frame.network.at32(arp ? 24 : 16);
  const auto mask = static_cast<std::uint32_t>(node.high);
  const bool from = (source & mask) == node.value, to = (destination & mask) == node.value;
  return chosen(node.side, from, to);
}

bool PacketFilter::test_ports(const FilterFrame& frame, const Node& node) const {
  if (frame.type != kIpv4 || (frame.network.at16(6) & 0x1fff) != 0) return false;
  const std::uint8_t protocol = frame.network.at(9);
  if (node.protocol != 0 ? protocol != node.protocol
                         : protocol != 6 && protocol != 17 && protocol != 132)
    return false;
  const std::uint32_t header = (frame.network.at(0) & 0x0fu) * 4;
  const auto within = [&](std::uint32_t at) {
    const std::uint16_t port = frame.network.at16(at);
    return port >= node.value && port <= node.high;
  };
  const bool from = within(header), to = within(header + 2);
  return chosen(node.side, from, to);
}

bool PacketFilter::number(const FilterFrame& frame, int index, std::uint32_t& value) const {
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  if (node.kind == Kind::kNumber) {
    value = static_cast<std::uint32_t>(node.value);
    return true;
  }
  if (node.kind == Kind::kLength) {
    value = frame.bytes.length;
    return true;
  }
  if (node.kind == Kind::kLoad) {
    std::uint32_t offset = 0;
    if (!number(frame, node.left, offset)) return false;
    FrameBytes layer = frame.network;
    if (node.family == 0) {
      layer = frame.bytes;
    } else if (node.family != frame.type) {
      return false;
    } else if (node.protocol != 0) {
      if (layer.at(9) != node.protocol || (layer.at16(6) & 0x1fff) != 0) return false;
      layer = layer.from((layer.at(0) & 0x0fu) * 4);
    }
    const auto size = static_cast<std::uint32_t>(node.value);
    if (offset > layer.captured || layer.captured - offset < size) return false;
    value = size == 1 ? layer.at(offset) : size == 2 ? layer.at16(offset) : layer.at32(offset);
    return true;
  }
  std::uint32_t left = 0, right = 0;
  if (!number(frame, node.left, left) || !number(frame, node.right, right)) return false;
  switch (node.op) {
    case '+':
      value = left + right;
      break;
    case '-':
      value = left - right;
      break;
    case '*':
      value = left * right;
      break;
    case '/':
      if (right == 0) return false;
      value = left / right;
      break;
    case '&':
      value = left & right;
      break;
    case '|':
      value = left | right;
      break;
    case 'l':
      value = right > 31 ? 0 : left << right;
      break;
    default:
      value = right > 31 ? 0 : left >> right;
      break;
  }
  return true;
}

bool PacketFilter::test(const FilterFrame& frame, int index) const {
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  const std::uint32_t destination = frame.network.at32(16);
  switch (node.kind) {
    case Kind::kAnd:
      return test(frame, node.left) && test(frame, node.right);
    case Kind::kOr:
      return test(frame, node.left) || test(frame, node.right);
    case Kind::kNot:
      return !test(frame, node.left);
    case Kind::kNever:
      return false;
    case Kind::kEtherType:
      return frame.type == node.value;
    case Kind::kProtocol:
      return frame.type == kIpv4 && frame.network.at(9) == node.value;
    case Kind::kHost:
      return test_addresses(frame, node);
    case Kind::kPort:
      return test_ports(frame, node);
    case Kind::kEtherHost: {
      if (!frame.ethernet) return false;
      const bool to = mac_at(frame.bytes, 0) == node.value;
      const bool from = mac_at(frame.bytes, 6) == node.value;
      return chosen(node.side, from, to);
    }
    case Kind::kBroadcast:
      return frame.ethernet && mac_at(frame.bytes, 0) == 0xffffffffffffULL;
    case Kind::kMulticast:
      return frame.ethernet && (frame.bytes.at(0) & 1) != 0;
    case Kind::kIpBroadcast:
      return frame.type == kIpv4 && (destination == 0 || destination == 0xffffffff);
    case Kind::kIpMulticast:
      return frame.type == kIpv4 && destination >> 28 == 0xe;
    case Kind::kVlan:
      return frame.vlan >= 0 && (node.value > 4095 || frame.vlan == static_cast<int>(node.value));
    case Kind::kInbound:
      return !frame.outgoing;
    case Kind::kOutbound:
      return frame.outgoing;
    case Kind::kCompare: {
      std::uint32_t left = 0, right = 0;
      if (!number(frame, node.left, left) || !number(frame, node.right, right)) return false;
      switch (node.op) {
        case '=':
          return left == right;
        case '!':
          return left != right;
        case '<':
          return left < right;
        case '>':
          return left > right;
        case 'l':
          return left <= right;
        default:
          return left >= right;
      }
    }
    case Kind::kAlways:
    case Kind::kNumber:
    case Kind::kLength:
    case Kind::kLoad:
    case Kind::kArithmetic:
      break;
  }
  return true;
}

}  // namespace lvslab::admin
