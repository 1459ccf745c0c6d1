// ICMP errors about the director's own tunnel packets: a router on the way to the real server, or
// the real server itself, complains to the director, and the director complains to the client about
// the packet inside, in the same words and from the VIP.
#include <algorithm>
#include <optional>

#include "lvs/director.h"
#include "lvs/forwarders/rewrite.h"
#include "wire/icmp.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint32_t kGueHeader = 4, kGreHeader = 4, kGreChecksum = 4;
constexpr std::uint32_t kPorts = 8;  ///< of the inner packet: what an error quotes at least
constexpr std::uint32_t kLeastTunnelMtu = 68;
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;

/// The tunnel packet that an error quotes.
struct QuotedTunnel {
  TunnelType type = TunnelType::kIpip;
  std::uint16_t port = 0;
  wire::Ipv4 real;             ///< where the tunnel packet went
  std::uint32_t overhead = 0;  ///< in front of the inner packet, outer IP header included
};

/// `size` bytes are readable from `outer` on.
std::optional<QuotedTunnel> read_tunnel(const std::uint8_t* outer, std::uint32_t size) {
  const wire::Ipv4View ip{outer};
  const std::uint32_t header = ip.header_length();
  if (ip.version() != 4 || header < wire::kIpv4Header || ip.fragment_offset() != 0 || size < header)
    return std::nullopt;
  QuotedTunnel tunnel{.real = ip.destination(), .overhead = header};
  const std::uint8_t* next = outer + header;
  const std::uint32_t left = size - header;
  switch (static_cast<wire::Protocol>(ip.protocol())) {
    case wire::Protocol::kIpip:
      return tunnel;
    case wire::Protocol::kUdp: {
      if (left < wire::kUdpHeader + kGueHeader) return std::nullopt;
      const std::uint8_t* gue = next + wire::kUdpHeader;
      const bool data = (gue[0] & 0xe0) == 0;  // version 0, not a control message
      if (!data || gue[1] != static_cast<std::uint8_t>(wire::Protocol::kIpip)) return std::nullopt;
      tunnel.type = TunnelType::kGue;
      tunnel.port = wire::load16(next + 2);
      tunnel.overhead += wire::kUdpHeader + kGueHeader + 4u * (gue[0] & 0x1fu);
      return tunnel;
    }
    case wire::Protocol::kGre: {
      if (left < kGreHeader || wire::load16(next + 2) != kEtherTypeIpv4) return std::nullopt;
      const std::uint16_t flags = wire::load16(next);
      if ((flags & 0x7fff) != 0) return std::nullopt;
      tunnel.type = TunnelType::kGre;
      tunnel.overhead += kGreHeader + (flags != 0 ? kGreChecksum : 0);
      return tunnel;
    }
    default:
      return std::nullopt;
  }
}

/// Client first.
std::optional<wire::Flow> read_request(const std::uint8_t* inner, std::uint32_t size) {
  if (size < wire::kIpv4Header) return std::nullopt;
  const wire::Ipv4View ip{inner};
  const std::uint32_t header = ip.header_length();
  if (ip.version() != 4 || header < wire::kIpv4Header || ip.fragment_offset() != 0 ||
      size < header + kPorts) {
    return std::nullopt;
  }
  const std::uint8_t* ports = inner + header;
  return wire::Flow{{ip.source(), wire::load16(ports)},
                    {ip.destination(), wire::load16(ports + 2)},
                    ip.protocol()};
}

}  // namespace

bool Director::has_tunnel_to(wire::Ipv4 real, TunnelType type, std::uint16_t port) const {
  for (const auto& service : services_) {
    for (const Destination* d : service->destinations) {
      const TunnelOptions& tunnel = d->options.tunnel;
      if (d->options.method == Method::kTunnel && d->address.address == real &&
          tunnel.type == type && (type != TunnelType::kGue || tunnel.port == port)) {
        return true;
      }
    }
  }
  return false;
}

bool Director::relay_tunnel_error(const Visit& visit, hook::Verdict* verdict) {
  wire::Datagram& d = visit.datagram;
  const std::uint32_t size = d.transport_real_size();
  if (size < wire::kIcmpHeader + wire::kIpv4Header) return false;
  // Somebody else's error comes in. One of this host's own, as when nobody answers for the real
  // server, goes to itself: it ends on its way out, and no other can be sent meanwhile.
  const bool own = visit.info.hook == hook::Hook::kLocalOut;
  if (own ? visit.info.route != hook::RouteKind::kLocal : visit.info.hook != hook::Hook::kLocalIn) {
    return false;
  }
  const std::uint8_t* quote = d.transport() + wire::kIcmpHeader;
  const std::optional<QuotedTunnel> tunnel = read_tunnel(quote, size - wire::kIcmpHeader);
  if (!tunnel || !has_tunnel_to(tunnel->real, tunnel->type, tunnel->port)) return false;
  const std::uint32_t in_front = wire::kIcmpHeader + tunnel->overhead;
  if (size < in_front) return true;
  const std::optional<wire::Flow> flow = read_request(quote + tunnel->overhead, size - in_front);
  if (!flow) return true;
  const std::uint32_t slot =
      table_.find_in(static_cast<wire::Protocol>(flow->protocol), flow->source, flow->destination);
  if (slot == ConnectionTable::kNone) return true;
  const Connection& c = table_.at(slot);
  note_found(visit, c);
  if (!icmp_error_checksum_ok(d)) {
    *verdict = hook::Verdict::drop(DropReason::kBadTransportChecksum);
    return true;
  }
  const wire::IcmpView icmp{d.transport()};
  const std::uint8_t type = icmp.type(), code = icmp.code();
  const bool too_big = type == static_cast<std::uint8_t>(wire::IcmpType::kUnreachable) &&
                       code == wire::kFragmentationNeeded;
  const std::uint32_t reported = icmp.next_hop_mtu();
  std::uint32_t rest = wire::load32(d.transport() + 4);
  if (too_big) {
    rest = visit.routes.mtu_after(tunnel->real, reported);
    if (rest > kLeastTunnelMtu + tunnel->overhead) rest -= tunnel->overhead;
  }
  d.packet().pull(d.header_length() + in_front);
  d.reparse();
  // A client that lets its packets be cut need not hear of a path too narrow for them.
  const bool silent = too_big && !d.ip().dont_fragment();
  *verdict =
      reply_with_error(d, DropReason::kNone, silent || own ? std::uint8_t{0} : type, code, rest);
  verdict->consumed = true;
  verdict->toward = tunnel->real;
  verdict->path_mtu = too_big ? std::max(reported, 1u) : 0;
  // The kernel counts the packet complained of, and the complaint when it leaves.
  if (!silent) count_out(c, d.packet().length());
  return true;
}

}  // namespace lvslab::lvs
