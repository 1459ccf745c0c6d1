#include "net/netfilter/packet_line.h"

#include <array>

#include "wire/ethernet.h"
#include "wire/tcp.h"

namespace lvslab::net::netfilter {
namespace {

std::string two_digits(unsigned value, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  return {digits[(value >> 4) & 15], digits[value & 15]};
}

std::string field(std::string_view name, std::uint32_t value) {
  return std::string(name) + "=" + std::to_string(value) + " ";
}

/// The frame's header still stands in front of a packet that came in by Ethernet.
std::string link_header(const Seen& seen) {
  const Interface& nic = seen.host.interface(seen.info.in_device);
  if (nic.kind != InterfaceKind::kEthernet || nic.noarp) return {};
  const std::uint8_t* p = seen.datagram.packet().data() - wire::kEthernetHeader;
  const wire::EthernetView frame{p};
  if (frame.type() != static_cast<std::uint16_t>(wire::EtherType::kIpv4)) return {};
  if (frame.destination() != nic.mac && !frame.destination().is_group()) return {};
  std::string text = two_digits(p[0], false);
  for (std::uint32_t i = 1; i < wire::kEthernetHeader; ++i) text += ":" + two_digits(p[i], false);
  return text;
}

std::string tcp_line(const wire::TcpView& tcp, bool with_sequence) {
  struct Flag {
    std::string_view name;
    std::uint8_t bit;
  };
  constexpr auto kFlags = std::to_array<Flag>({{"CWR ", wire::kCwr},
                                               {"ECE ", wire::kEce},
                                               {"URG ", wire::kUrg},
                                               {"ACK ", wire::kAck},
                                               {"PSH ", wire::kPsh},
                                               {"RST ", wire::kRst},
                                               {"SYN ", wire::kSyn},
                                               {"FIN ", wire::kFin}});
  std::string text = field("SPT", tcp.source_port()) + field("DPT", tcp.destination_port());
  if (with_sequence) text += field("SEQ", tcp.sequence()) + field("ACK", tcp.acknowledgement());
  text += field("WINDOW", tcp.window()) + "RES=0x00 ";
  for (const Flag& flag : kFlags) {
    if ((tcp.flags() & flag.bit) != 0) text += flag.name;
  }
  return text + field("URGP", wire::load16(tcp.p + 18));
}

std::string transport_line(const wire::Datagram& d, bool with_sequence) {
  const std::uint32_t size = d.transport_real_size();
  const bool whole = d.first_fragment();
  switch (d.protocol()) {
    case wire::Protocol::kTcp:
      return "PROTO=TCP " + (whole && size >= wire::kTcpHeader
                                 ? tcp_line(wire::TcpView{d.transport()}, with_sequence)
                                 : std::string());
    case wire::Protocol::kUdp:
      if (!whole || size < wire::kUdpHeader) return "PROTO=UDP ";
      return "PROTO=UDP " + field("SPT", d.source_port()) + field("DPT", d.destination_port()) +
             field("LEN", wire::load16(d.transport() + 4));
    case wire::Protocol::kIcmp: {
      if (!whole || size < wire::kIcmpHeader) return "PROTO=ICMP ";
      const wire::IcmpView icmp{d.transport()};
      std::string text = "PROTO=ICMP " + field("TYPE", icmp.type()) + field("CODE", icmp.code());
      if (icmp.type() == 0 || icmp.type() == 8)
        text += field("ID", icmp.echo_id()) + field("SEQ", icmp.echo_sequence());
      return text;
    }
    default:
      return field("PROTO", d.ip().protocol());
  }
}

}  // namespace

std::string packet_line(const Seen& seen, bool with_sequence) {
  using hook::Hook;
  const hook::PacketInfo& info = seen.info;
  const bool in = info.in_device != kNoInterface && info.hook != Hook::kLocalOut &&
                  info.hook != Hook::kPostrouting;
  const bool out = info.out_device != kNoInterface && info.hook != Hook::kPrerouting &&
                   info.hook != Hook::kLocalIn;
  std::string text = "IN=" + (in ? seen.host.interface(info.in_device).name : std::string());
  text += " OUT=" + (out ? seen.host.interface(info.out_device).name : std::string()) + " ";
  if (in) text += "MAC=" + link_header(seen) + " ";
  const wire::Ipv4View ip = seen.datagram.ip();
  text += "SRC=" + to_string(ip.source()) + " DST=" + to_string(ip.destination()) + " " +
          field("LEN", ip.total_length()) + "TOS=0x" + two_digits(ip.tos() & 0x1e, true) +
          " PREC=0x" + two_digits(ip.tos() & 0xe0, true) + " " + field("TTL", ip.ttl()) +
          field("ID", ip.id());
  if (ip.dont_fragment()) text += "DF ";
  if (ip.more_fragments()) text += "MF ";
  if (ip.fragment_offset() != 0) text += "FRAG:" + std::to_string(ip.fragment_offset() / 8) + " ";
  text += transport_line(seen.datagram, with_sequence);
  if (seen.mark != 0) text += "MARK=" + hex(seen.mark) + " ";
  return text;
}

}  // namespace lvslab::net::netfilter
