// Changing one end of a packet, or of a packet quoted in an ICMP error, with the checksums over it.
#include "net/netfilter/nat.h"
#include "wire/sctp.h"
#include "wire/udp.h"

namespace lvslab::net::netfilter {
namespace {

constexpr std::uint32_t kTcpChecksum = 16, kUdpChecksum = 6, kIcmpChecksum = 2, kIcmpId = 4;

/// Types that bear an identifier.
bool has_identifier(std::uint8_t type) {
  return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

std::uint16_t not_zero(std::uint16_t sum) { return sum == 0 ? std::uint16_t{0xffff} : sum; }

void store_port(std::uint8_t* port, std::uint8_t* sum, std::uint16_t value) {
  if (sum != nullptr)
    wire::store16(sum, wire::update_checksum(wire::load16(sum), wire::load16(port), value));
  wire::store16(port, value);
}

/// `p`: an IPv4 header and what follows, `size` real bytes. What is cut off is not mended.
void rewrite(std::uint8_t* p, std::uint32_t size, End end, const Tuple& tuple) {
  const wire::Ipv4View ip{p};
  const std::uint32_t header = ip.header_length();
  std::uint8_t* transport = p + header;
  const std::uint32_t left = size - header;
  const bool source = end == End::kSource;
  const wire::Endpoint& to = source ? tuple.source : tuple.destination;
  const wire::Ipv4 from = source ? ip.source() : ip.destination();
  std::uint8_t* port = transport + (source ? 0 : 2);
  const auto over_addresses = [&](std::uint8_t* sum) {
    wire::store16(sum, wire::update_checksum(wire::load16(sum), from, to.address));
  };
  if (ip.fragment_offset() == 0) {
    switch (static_cast<wire::Protocol>(ip.protocol())) {
      case wire::Protocol::kTcp: {
        std::uint8_t* sum = left >= wire::kTcpHeader ? transport + kTcpChecksum : nullptr;
        if (left >= 8) store_port(port, sum, to.port);
        if (sum != nullptr) over_addresses(sum);
        break;
      }
      case wire::Protocol::kUdp: {
        if (left < wire::kUdpHeader) break;
        std::uint8_t* sum = transport + kUdpChecksum;
        if (wire::load16(sum) == 0) sum = nullptr;  // not used
        store_port(port, sum, to.port);
        if (sum == nullptr) break;
        over_addresses(sum);
        wire::store16(sum, not_zero(wire::load16(sum)));
        break;
      }
      case wire::Protocol::kSctp:
        if (left >= 8) wire::store16(port, to.port);
        break;
      case wire::Protocol::kIcmp:
        if (left >= wire::kIcmpHeader && has_identifier(transport[0]))
          store_port(transport + kIcmpId, transport + kIcmpChecksum, tuple.source.port);
        break;
      default:
        break;
    }
  }
  if (source)
    wire::set_source(p, to.address);
  else
    wire::set_destination(p, to.address);
}

}  // namespace

void rewrite_end(wire::Datagram& d, End end, const Tuple& tuple) {
  const std::uint16_t before = d.has_ports() ? wire::load16(d.transport() + 2) : 0;
  const std::uint16_t before_source = d.has_ports() ? wire::load16(d.transport()) : 0;
  rewrite(d.edit_ip(), d.packet().real_size(), end, tuple);
  if (d.protocol() != wire::Protocol::kSctp || d.transport_real_size() < wire::kSctpHeader) return;
  if (wire::load16(d.transport()) == before_source && wire::load16(d.transport() + 2) == before)
    return;
  std::uint8_t* sctp = d.edit_transport();
  wire::store_sctp_checksum(sctp,
                            wire::sctp_checksum({sctp, d.transport_real_size()},
                                                d.transport_length() - d.transport_real_size()));
}

void rewrite_quoted_end(wire::Datagram& error, End end, const Tuple& tuple) {
  std::uint8_t* message = error.edit_transport();
  const std::uint32_t size = error.transport_real_size();
  rewrite(message + wire::kIcmpHeader, size - wire::kIcmpHeader, end, tuple);
  wire::store16(message + kIcmpChecksum, 0);
  wire::store16(message + kIcmpChecksum, wire::checksum({message, size}));
}

}  // namespace lvslab::net::netfilter
