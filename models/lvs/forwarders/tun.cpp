// Tunnelling (-i): the request as it is, one taken from its TTL, inside a packet from the director
// to the real server: IP in IP (RFC 2003), GUE (UDP) or GRE (RFC 2784). Replies do not pass the
// director.
#include "lvs/forwarder.h"
#include "wire/checksum.h"
#include "wire/flow.h"
#include "wire/ipv4.h"
#include "wire/udp.h"

namespace lvslab::lvs {

namespace {

using hook::Verdict;

constexpr std::uint32_t kGueHeader = 4, kGreHeader = 4, kGreHeaderWithChecksum = 8;
constexpr std::uint16_t kFirstGuePort = 49'152;  // source ports are spread over the dynamic range

std::uint32_t inner_overhead(const TunnelOptions& tunnel) {
  switch (tunnel.type) {
    case TunnelType::kGue:
      return wire::kUdpHeader + kGueHeader;
    case TunnelType::kGre:
      return tunnel.checksum != 0 ? kGreHeaderWithChecksum : kGreHeader;
    case TunnelType::kIpip:
      break;
  }
  return 0;
}

/// Congestion experienced is not copied outwards: it becomes "capable" (RFC 3168, 9.1.1).
std::uint8_t outer_tos(std::uint8_t inner) {
  return (inner & 3) == 3 ? static_cast<std::uint8_t>((inner & ~3) | 2) : inner;
}

void push_gue(Packet& packet, const wire::Flow& flow, const TunnelOptions& tunnel, wire::Ipv4 from,
              wire::Ipv4 to) {
  std::uint8_t* gue = packet.push(kGueHeader);
  gue[0] = 0;  // version 0, no flags
  gue[1] = static_cast<std::uint8_t>(wire::Protocol::kIpip);
  wire::store16(gue + 2, 0);
  const auto spread = static_cast<std::uint16_t>(wire::hash_flow(flow) & 0x3fff);
  wire::push_udp(packet, {from, static_cast<std::uint16_t>(kFirstGuePort + spread)},
                 {to, tunnel.port});
  if (tunnel.checksum == 0) wire::store16(packet.edit() + 6, 0);
}

void push_gre(Packet& packet, const TunnelOptions& tunnel) {
  const bool summed = tunnel.checksum != 0;
  std::uint8_t* gre = packet.push(summed ? kGreHeaderWithChecksum : kGreHeader);
  wire::store16(gre, summed ? 0x8000 : 0);
  wire::store16(gre + 2, 0x0800);
  if (!summed) return;
  wire::store32(gre + 4, 0);
  wire::store16(gre + 4, wire::checksum(packet.bytes()));
}

class Tunnelling final : public Forwarder {
 public:
  Verdict to_real(const ForwardContext& context, wire::Datagram& datagram) const override {
    const Connection& c = context.connection;
    if (c.destination == nullptr) return Verdict::drop(DropReason::kIpvsDeadDestination);
    const TunnelOptions& tunnel = c.destination->options.tunnel;
    ForwardRules rules;
    rules.overhead = wire::kIpv4Header + inner_overhead(tunnel);
    rules.check_mtu = context.settings.pmtu_disc != 0;
    const Prepared prepared = prepare_forward(context, datagram, c.real.address, rules);
    if (prepared.verdict.kind != Verdict::Kind::kAccept || prepared.local) {
      return prepared.verdict;
    }
    encapsulate(datagram, tunnel, prepared.route.source, c.real.address, rules.check_mtu);
    return Verdict::send_toward(c.real.address);
  }

 private:
  static void encapsulate(wire::Datagram& datagram, const TunnelOptions& tunnel, wire::Ipv4 from,
                          wire::Ipv4 to, bool copy_dont_fragment) {
    const wire::Ipv4View inner = datagram.ip();
    wire::Ipv4Header outer;
    outer.source = from;
    outer.destination = to;
    outer.ttl = inner.ttl();
    outer.tos = outer_tos(inner.tos());
    outer.dont_fragment = copy_dont_fragment && inner.dont_fragment();
    const wire::Flow flow = wire::flow_of(datagram);
    Packet& packet = datagram.packet();
    // Fragments are told apart by the id; without them it is 0.
    if (!outer.dont_fragment) outer.id = static_cast<std::uint16_t>(packet.id());
    switch (tunnel.type) {
      case TunnelType::kIpip:
        outer.protocol = static_cast<std::uint8_t>(wire::Protocol::kIpip);
        break;
      case TunnelType::kGue:
        outer.protocol = static_cast<std::uint8_t>(wire::Protocol::kUdp);
        push_gue(packet, flow, tunnel, from, to);
        break;
      case TunnelType::kGre:
        outer.protocol = static_cast<std::uint8_t>(wire::Protocol::kGre);
        push_gre(packet, tunnel);
        break;
    }
    outer.payload_length = packet.length();
    wire::emit_ipv4(packet.push(wire::kIpv4Header), outer);
    datagram.reparse();
  }
};

const Tunnelling kTunnelling;

}  // namespace

const Forwarder& tunnelling() { return kTunnelling; }

}  // namespace lvslab::lvs
