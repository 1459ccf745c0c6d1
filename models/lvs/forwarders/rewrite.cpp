#include "lvs/forwarders/rewrite.h"

#include "wire/checksum.h"
#include "wire/icmp.h"
#include "wire/ipv4.h"
#include "wire/sctp.h"
#include "wire/tcp.h"
#include "wire/udp.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint32_t kTcpChecksum = 16, kUdpChecksum = 6;
constexpr std::uint32_t kSourcePort = 0, kDestinationPort = 2;
constexpr std::uint32_t kIpChecksum = 10, kSourceAddress = 12, kDestinationAddress = 16;

void compute_udp_checksum(wire::Datagram& d) {
  std::uint8_t* udp = d.edit_transport();
  wire::store16(udp + kUdpChecksum, 0);
  const std::uint64_t pseudo = wire::pseudo_header_sum(d.ip().source(), d.ip().destination(),
                                                       d.ip().protocol(), d.transport_length());
  const std::uint16_t sum =
      wire::finish_sum(wire::sum_words({d.transport(), d.transport_real_size()}, pseudo));
  wire::store16(udp + kUdpChecksum, sum == 0 ? std::uint16_t{0xffff} : sum);
}

/// CRC32c covers the port but not the address, and is computed anew only when the port changes.
bool rewrite_sctp(wire::Datagram& d, const wire::Endpoint& to, bool source) {
  if (d.transport_real_size() < wire::kSctpHeader) return false;
  if (source) {
    wire::set_source(d.edit_ip(), to.address);
  } else {
    wire::set_destination(d.edit_ip(), to.address);
  }
  std::uint8_t* sctp = d.edit_transport();
  std::uint8_t* port = sctp + (source ? kSourcePort : kDestinationPort);
  if (wire::load16(port) == to.port) return true;
  wire::store16(port, to.port);
  const std::uint32_t zeros = d.transport_length() - d.transport_real_size();
  wire::store_sctp_checksum(sctp, wire::sctp_checksum({sctp, d.transport_real_size()}, zeros));
  return true;
}

/// What a field that changes adds to the sum of the words (RFC 1624, eqn. 3: ~m + m').
std::uint32_t difference(std::uint16_t from, std::uint16_t to) {
  return std::uint32_t{static_cast<std::uint16_t>(~from)} + to;
}
std::uint32_t difference(wire::Ipv4 from, wire::Ipv4 to) {
  return difference(static_cast<std::uint16_t>(from.value >> 16),
                    static_cast<std::uint16_t>(to.value >> 16)) +
         difference(static_cast<std::uint16_t>(from.value), static_cast<std::uint16_t>(to.value));
}
std::uint16_t mended(std::uint16_t checksum, std::uint32_t by) {
  return wire::finish_sum(std::uint64_t{static_cast<std::uint16_t>(~checksum)} + by);
}

/// The address counts in the checksums of both headers, the port in one.
bool rewrite(wire::Datagram& d, const wire::Endpoint& to, bool source) {
  if (d.protocol() == wire::Protocol::kSctp) return rewrite_sctp(d, to, source);
  const bool tcp = d.protocol() == wire::Protocol::kTcp;
  if (d.transport_real_size() < (tcp ? wire::kTcpHeader : wire::kUdpHeader)) return false;
  std::uint8_t* ip = d.edit_ip();
  std::uint8_t* transport = ip + d.header_length();
  std::uint8_t* address = ip + (source ? kSourceAddress : kDestinationAddress);
  std::uint8_t* port = transport + (source ? kSourcePort : kDestinationPort);
  std::uint8_t* field = transport + (tcp ? kTcpChecksum : kUdpChecksum);
  const std::uint32_t by_address = difference(wire::Ipv4::load(address), to.address);
  const std::uint32_t by_port = difference(wire::load16(port), to.port);
  const std::uint16_t old_sum = wire::load16(field);
  to.address.store(address);
  wire::store16(port, to.port);
  wire::store16(ip + kIpChecksum, mended(wire::load16(ip + kIpChecksum), by_address));
  if (!tcp && old_sum == 0) {
    compute_udp_checksum(d);
    return true;
  }
  const std::uint16_t sum = mended(old_sum, by_address + by_port);
  wire::store16(field, !tcp && sum == 0 ? std::uint16_t{0xffff} : sum);
  return true;
}

void rewrite_quoted(wire::Datagram& error, const wire::Endpoint& to, bool source) {
  std::uint8_t* message = error.edit_transport();
  std::uint8_t* quoted = message + wire::kIcmpHeader;
  const std::uint32_t header = wire::Ipv4View{quoted}.header_length();
  if (source) {
    wire::set_source(quoted, to.address);
  } else {
    wire::set_destination(quoted, to.address);
  }
  wire::store16(quoted + header + (source ? kSourcePort : kDestinationPort), to.port);
  wire::store16(message + 2, 0);
  wire::store16(message + 2, wire::checksum({message, error.transport_real_size()}));
}

}  // namespace

bool rewrite_source(wire::Datagram& datagram, const wire::Endpoint& to) {
  return rewrite(datagram, to, true);
}

bool rewrite_destination(wire::Datagram& datagram, const wire::Endpoint& to) {
  return rewrite(datagram, to, false);
}

void rewrite_quoted_source(wire::Datagram& error, const wire::Endpoint& to) {
  rewrite_quoted(error, to, true);
}

void rewrite_quoted_destination(wire::Datagram& error, const wire::Endpoint& to) {
  rewrite_quoted(error, to, false);
}

bool icmp_error_checksum_ok(const wire::Datagram& error) {
  return wire::checksum({error.transport(), error.transport_real_size()}) == 0;
}

}  // namespace lvslab::lvs
